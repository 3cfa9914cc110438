"""What a recipient gets: values, defaults, escapes, and limits."""

import pytest

from content.templates import compile_template, render
from domain.errors import Defect
from tests.content.rendering import HEAD, context, rendered, tracked


def test_everything_a_template_may_speak_of_is_there() -> None:
    source = (
        "{{ customer.first_name }} {{ event.title }} {{ run.order.id }} {{ item.sku }} {{ data.code }} {{ account.name }}"
        ' {{ locale }} {{ now | date: "%H:%M" }} {{ message.unsubscribe_url }}'
    )
    message = rendered(
        source,
        customer={"first_name": "Ada"},
        event={"title": "Talk"},
        run={"order": {"id": 4}},
        item={"sku": "B1"},
        data={"code": "X"},
        locale="de",
    )
    assert message.text.startswith("Ada Talk 4 B1 X Shop de 13:30 https://m.test/u/")


@pytest.mark.parametrize("missing", [{}, {"first_name": None}, {"first_name": ""}])
def test_a_default_of_the_front_matter_stands_in_for_what_is_missing(missing: dict[str, str | None]) -> None:
    source = "---\nsubject: Hi {{ customer.first_name }}\ndefault: {customer.first_name: friend}\n---\n{{ customer.first_name }}!"
    message = rendered(source, customer=missing)
    assert (message.subject, message.text) == ("Hi friend", "friend!\n")


def test_conditions_and_the_default_filter_may_ask_for_what_is_missing() -> None:
    source = (
        "{% if customer.vip %}a{% else %}b{% endif %}{% unless customer.a.b.c %}c{% endunless %}{% if customer.n > 3 %}d{% endif %}"
        '{{ customer.x.y | default: "e" }}{% if customer.z == nil %}f{% endif %}'
    )
    assert rendered(source).text == "bcef\n"


@pytest.mark.parametrize(
    ("source", "variable"),
    [
        ("a\n{{ customer.first_name }}", "customer.first_name"),
        ("a\n{{ customer.first_name | upcase }}", "customer.first_name"),
        ("a\n{{ event.starts_at | date: '%H' }}", "event.starts_at"),
        ("a\n{% for one in event.items %}x{% endfor %}", "event.items"),
        ("<p>a</p>\n<p>{{ event.items[0].name }}</p>", "event.items[0].name"),
    ],
)
def test_a_missing_variable_without_a_default_is_a_defect_that_says_where(source: str, variable: str) -> None:
    with pytest.raises(Defect) as caught:
        rendered(source)
    assert caught.value.code == "template_variable_missing"
    assert "email/t, line 5" in caught.value.message
    assert variable in caught.value.message


def test_values_cannot_become_markup_in_a_page_and_stay_as_they_are_in_text() -> None:
    name = "<script>alert('x')</script> & \"co\""
    source = '---\nsubject: "{{ customer.n }}"\n---\n<p title="{{ customer.n }}">{{ customer.n }}</p>'
    message = rendered(source, customer={"n": name})
    assert message.html
    assert "<script" not in message.html
    assert message.html.count("&lt;script&gt;alert(&#39;x&#39;)") == 2
    assert message.text == f"{name}\n"
    assert message.subject == name


@pytest.mark.parametrize(
    "expression",
    [
        "customer.n",
        "customer.n | append: '<br>'",
        "'<br>' | append: customer.n",
        "customer.n | base64_encode | base64_decode",
        "customer.n | url_encode | url_decode",
        "customer.n | newline_to_br",
        "customer.n | split: 'q' | join: '<br>'",
        "customer.n | replace: 'a', '<i>'",
        "customer.n | capitalize | strip | squish | truncate: 500",
        "customer.n | clean_html",
        "customer.n | date: '%H'",
    ],
)
def test_no_filter_is_a_way_around_escaping(expression: str) -> None:
    message = rendered(f"<p>{{{{ {expression} }}}}</p>", customer={"n": "<script>alert(1)</script>"})
    assert "<script" not in (message.html or "").lower()


def test_html_from_data_keeps_its_harmless_part() -> None:
    message = rendered(
        "<div>{{ event.h | clean_html }}</div>", event={"h": '<b onclick="x()">Bold</b> &amp; <script>1</script>'}
    )
    assert message.html
    assert "<div><b>Bold</b> &amp; </div>" in message.html
    assert message.text == "Bold &\n"


def test_no_value_can_break_a_header_line() -> None:
    source = "---\nsubject: 'A {{ customer.n }}'\nfrom: '{{ customer.n }} <a@x.test>'\nreply_to: '{{ customer.n }}@x.test'\n---\nhi"
    message = rendered(source, customer={"n": "x\r\nBcc: all@x.test\r\n\r\n"})
    for header in (message.subject, message.sender, message.reply_to):
        assert header
        assert "\n" not in header
        assert "\r" not in header


def test_dates_are_shown_in_their_own_zone_or_in_the_customers() -> None:
    source = '{{ event.at | date: "%d.%m. %H:%M" }} {{ event.at | local | date: "%H:%M" }} {{ event.odd | date: "%H" }}'
    message = rendered(source, event={"at": "2026-07-01T10:00:00Z", "odd": "next week"})
    assert message.text == "01.07. 10:00 12:00 next week\n"


def test_the_same_words_have_the_same_hash() -> None:
    compiled = compile_template("email", "t", HEAD + "{{ customer.n }}")
    one, same, other = (render(compiled, context(customer={"n": n})) for n in (1, 1, 2))
    assert one.content_hash == same.content_hash != other.content_hash


HOSTILE = [
    "{% for i in (1..100000000) %}x{% endfor %}",
    "{% for i in (1..5000) %}{% for j in (1..5000) %}x{% endfor %}{% endfor %}",
    "{{ 'a'" + " | replace: 'a', 'aaaaaaaaaa'" * 12 + " }}",
    "{% assign a = 'aaaaaaaaaa' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
    "{% assign a = 9999999 %}{% for i in (1..60) %}{% assign a = a | times: a %}{% endfor %}{{ a }}",
    "{{ (1..100000000) | join: ',' }}",
    "{% tablerow i in (1..100000000) cols: 3 %}x{% endtablerow %}",
    "{% for i in (1..9999) %}"
    + "{{ 'aaaaaaaaaaaaaaaaaaaa' | split: '' | sort | uniq | join: '' }}" * 30
    + "{% endfor %}",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_a_hostile_template_stops_soon(source: str) -> None:
    with pytest.raises(Defect) as caught:
        rendered(source)
    assert caught.value.code == "template_limit"


@pytest.mark.parametrize(
    "source",
    ["{{ customer.n | divided_by: 0 }}", "{{ customer.n | base64_decode }}", "{% if customer.n > 'a' %}{% endif %}"],
)
def test_a_template_that_fails_for_one_customer_is_a_defect_without_their_values(source: str) -> None:
    with pytest.raises(Defect) as caught:
        rendered(source, customer={"n": 4711})
    assert caught.value.code == "template_failed"
    assert "4711" not in caught.value.message


def test_a_text_message_keeps_its_links_and_has_no_markup() -> None:
    message = rendered(
        "Hi {{ customer.n }} https://x.test/a", channel="sms", customer={"n": "<Ada>"}, tracking=tracked()
    )
    assert (message.text, message.html, message.subject) == ("Hi <Ada> https://x.test/a", None, None)
