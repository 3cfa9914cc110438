"""What may stand in the address and headers of a call."""

import pytest
from pydantic import ValidationError

from domain.document.calling import NotifyForm, WebhookForm

URL = "https://crm.example.com/leads"


@pytest.mark.parametrize(
    "text", ["{{ event.name }}", "{{secrets.Crm}}", "{{ secrets.a.b }}", "{{ secrets.a", "{% x %}{{"]
)
@pytest.mark.parametrize("place", ["url", "headers"])
def test_nothing_but_a_secret_is_put_into_a_call(text: str, place: str) -> None:
    changed = {"url": f"{URL}/{text}"} if place == "url" else {"headers": {"X-Key": text}}
    with pytest.raises(ValidationError):
        WebhookForm.model_validate({"url": URL, **changed})


@pytest.mark.parametrize("text", ["{{ secrets.crm_token }}", "Bearer {{secrets.a}} {{ secrets.b }}", "plain"])
def test_a_header_may_be_made_of_secrets(text: str) -> None:
    assert WebhookForm.model_validate({"url": URL, "headers": {"X-Key": text}}).headers["X-Key"] == text


@pytest.mark.parametrize("url", ["{{ secrets.chat }}", "https://hooks.example.com/{{ secrets.place }}", URL])
def test_an_address_may_be_a_secret_or_have_one_in_it(url: str) -> None:
    assert WebhookForm.model_validate({"url": url}).url == url
    assert NotifyForm.model_validate({"webhook": url, "text": "Hello"}).webhook == url


@pytest.mark.parametrize("url", ["crm", "{{ secrets.place }}/leads", "ftp://x/{{ secrets.a }}"])
def test_what_is_no_address_around_a_secret_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        WebhookForm.model_validate({"url": url})
