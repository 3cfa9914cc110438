"""What publishing refuses, with its line and what was meant."""

import pytest

from content.templates import compile_template
from tests.content.rendering import HEAD, mjml, problems


def told(source: str, *, channel: str = "email") -> str:
    return "\n".join(str(problem) for problem in problems(source, channel=channel))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\n{{ cutomer.x }}", "email/t:5: there is no variable `cutomer.x`. Did you mean `customer`?"),
        ("{{ first_name }}", "email/t:4: there is no variable `first_name`. Did you mean `customer.first_name`?"),
        ("{{ message.unsubscribe }}", "Did you mean `message.unsubscribe_url`?"),
        ("{{ account.nme }}", "Did you mean `account.name`?"),
        ("{{ account.caps }}", "there is no variable `account.caps`."),
        ("{{ customer }}", "Name what you want of it: `customer.…`."),
        ("{{ now.year }}", "there is no variable `now.year`."),
        ("{{ customer.a | upcas }}", "email/t:4: there is no filter `upcas`. Did you mean `upcase`?"),
        ("{{ customer.a | safe }}", "there is no filter `safe`."),
        ("{% fro x in event.y %}", "email/t:4: there is no tag `fro`. Did you mean `for`?"),
        ("{% include 'x' %}", "there is no tag `include`."),
        ("{% tracked_link 'x' %}y{% endtracked_link %}", "there is no tag `tracked_link`."),
        ("a\n\n{% if customer.x %}", "email/t:6: expected tag endif"),
        ("{{ customer.x", "email/t:4:"),
        ("a\n{% if %}x{% endif %}", "email/t:5:"),
        ("   \n", "the body is empty."),
        ("x\0", "it contains a NUL character."),
        ("x" * 300_000, "it is longer than 262144 characters."),
    ],
)
def test_liquid_that_cannot_work_is_refused(source: str, expected: str) -> None:
    assert expected in told(source)


def test_all_problems_are_told_at_once() -> None:
    source = (
        "---\nsubject: '{{ a }}'\npreheader: '{{ b }}'\ntext: |\n  x\n  {{ c }}\ndefault: {customer.q: 1}\n---\n"
        "{{ d }}\n{{ e }}"
    )
    places = [problem.path.removeprefix("email/t") for problem in problems(source)]
    assert places == [":2", ":3", ":6", ":9", ":10", ".default"]


def test_names_of_loops_and_assignments_are_variables_too() -> None:
    source = (
        "{% assign a = event.x %}{% capture b %}x{% endcapture %}{% for c in event.y %}{{ c.z }}{{ forloop.index }}{% endfor %}"
        "{% increment d %}{{ a }}{{ b }}{{ d }}"
    )
    assert problems(source) == ()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("hi", "a mail needs a subject."),
        ("---\nsubjct: a\n---\nhi", "email/t.subjct: there is no such key. Known are: subject, preheader, from"),
        ("---\nsubject: [a\n---\nhi", "email/t:3: this is not YAML"),
        ("---\n- a\n---\nhi", "the front matter is not a list of keys."),
        ("---\nsubject: 3\n---\nhi", "email/t.subject"),
        ("---\na: &a [1]\nsubject: *a\n---\nhi", "the front matter has an alias."),
        ("---\nsubject: a\nsubject: b\n---\nhi", "this is not YAML"),
        ("---\nsubject: " + "[" * 5000 + "\n---\nhi", "the front matter is nested too deeply."),
        ("---\nsubject: a\ndefault: {customer.q: 1}\n---\nhi", "`customer.q` is not used."),
        ("---\nsubject: ' '\n---\nhi", "a mail needs a subject."),
    ],
)
def test_front_matter_that_cannot_work_is_refused(source: str, expected: str) -> None:
    with pytest.raises(Exception) as caught:
        compile_template("email", "t", source)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (mjml("<mj-txt>a</mj-txt>"), "there is no MJML element `mj-txt`. Did you mean `mj-text`?"),
        ("<mjml>\n<mj-body>\n<mj-section></mj-body></mjml>", "email/t:6: `</mj-body>` closes nothing that is open."),
        ("<mjml><mj-body>", "`<mj-body>` is never closed."),
        (mjml("<mj-text>{% if customer.a %}<p>{% else %}<div>{% endif %}x</mj-text>"), "this is not MJML"),
        (
            "\n\n" + mjml('<mj-image src="https://x.test/a.png" width="{{ customer.w }}" />'),
            "email/t:6: {{ customer.w }} is lost",
        ),
        (
            mjml('<mj-social><mj-social-element name="x" href="https://x.test">X</mj-social-element></mj-social>'),
            "has no picture of its own",
        ),
        (mjml('<mj-include path="a.mjml" />'), "there is no MJML element `mj-include`."),
        (mjml('<mj-button data-link="x">a</mj-button>'), 'data-link="x" names no link.'),
        (mjml('<mj-button data-link="{{ customer.x }}" href="https://x.test">a</mj-button>'), "names no link."),
        (mjml('<mj-text><a href="/relative">a</a></mj-text>'), "the link to '/relative' leads nowhere from a mail."),
        ('<a href="www.x.test">a</a>', "the link to 'www.x.test' leads nowhere from a mail."),
        ("<html><p>x</p></html>", "the page has no `<body>`."),
        ("<style>{% if customer.a %}p { color: red }{% endif %}</style><p>x</p>", "is lost where it stands."),
    ],
)
def test_markup_that_cannot_work_is_refused(source: str, expected: str) -> None:
    assert expected in told(source)


@pytest.mark.parametrize("source", ["<p>hi</p>", "<mjml></mjml>", "---\nsubject: a\n---\nhi"])
def test_a_text_message_has_neither_markup_nor_a_subject(source: str) -> None:
    assert "a template for sms is plain text." in told(source, channel="sms")


def test_what_the_journey_must_supply_is_known() -> None:
    compiled = compile_template(
        "email", "t", HEAD + "{{ run.code }} {{ run.order.total }} {{ run['x'] }} {{ item.name }}"
    )
    assert compiled.run_names == ("code", "order", "x")
    assert compiled.needs_item
    assert not compiled.can_unsubscribe
    assert compile_template("email", "t", HEAD + "{{ message.unsubscribe_url }}").can_unsubscribe


def test_a_compiled_template_survives_json() -> None:
    compiled = compile_template("email", "t", HEAD + mjml("<mj-text>{{ customer.n }}</mj-text>"), locale="zh-Hant")
    assert type(compiled).model_validate(compiled.model_dump(mode="json")) == compiled
    assert compiled.place == "email/t.zh-Hant"


def test_windows_line_ends_change_no_line_number() -> None:
    with pytest.raises(Exception, match=r"email/t:5: there is no variable `x`"):
        compile_template("email", "t", (HEAD + "a\n{{ x }}").replace("\n", "\r\n"))
