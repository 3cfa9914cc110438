"""Templates made to hang, to eat memory or to end the process: refused with a clear word, at publish or at render."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.links import Signer, Tracking
from content.source_limits import DEEPEST, is_nested_too_deeply
from content.templates import RenderContext, compile_template, render
from domain.account import Account
from domain.errors import Defect, InvalidDocument

HEAD = "---\nsubject: Hello\n---\n"
MANY = 20_000
MJML = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"
TRACKING = Tracking(Signer("a secret for tests, long enough to sign", "https://t.test"), UUID(int=1), {"source": "x"})

AT_PUBLISH = {
    "Liquid that is never closed": ("{{" * MANY, "`{{` is never closed"),
    "tags that are never closed": ("{% if" * MANY, "`{%` is never closed"),
    "raw that never ends": ("{% raw %}" * MANY, "`{% raw %}` is never closed"),
    "doc that never ends": ("{% doc %}" * MANY, "`{% doc %}` is never closed"),
    "blocks in blocks": ("{% if true %}" * 5_000 + "{% endif %}" * 5_000, "nesting limit"),
    "brackets in brackets": ("{{ customer" + "[customer" * MANY + "]" * MANY + " }}", "longer than"),
    "parentheses in parentheses": ("{% if " + "(" * MANY + " %}{% endif %}", "longer than"),
    "a chain of filters": ("{{ 'a'" + " | upcase" * MANY + " }}", "longer than"),
    "comments that never end": ("<p>" + "<!--" * MANY, "`<!--` is never closed"),
    "scripts that never end": ("<p>" + "<script>" * MANY, "`<script>` is never closed"),
    "links that never end": (MJML.format("<a>" * MANY), "`<a>` is never closed"),
    "elements in elements": ("<div>" * MANY, "nested too deeply"),
    "elements in elements, closed by others": ("<div></b>" * MANY, "nested too deeply"),
    "tables in tables": ("<table><tr><td>" * 10_000, "nested too deeply"),
    "formatting in every paragraph": ("".join(f"<b title={n}><p>" for n in range(9_000)), "nested too deeply"),
    "MJML in MJML": ("<mjml><mj-body>" + "<mj-wrapper>" * 9_000 + "</mj-wrapper>" * 9_000, "nested too deeply"),
    "MJML that looks closed": (
        '<mjml><mj-body><mj-wrapper a="/>">' + '<mj-wrapper a="/>">' * 9_000,
        "nested too deeply",
    ),
    "HTML in MJML": (MJML.format("<b>" * MANY + "</b>" * MANY), "nested too deeply"),
    "more elements than a mail has": ("<img>" * 45_000, "more than 20000 elements"),
    "a file of this machine": ('<mjml><mj-body><mj-include path="/etc/passwd"/></mj-body></mjml>', "`mj-include`"),
    "another template": ("{% include 'other' %}", "no tag `include`"),
    "aliases that multiply": ("---\nsubject: &a [x]\ntext: *a\n---\nx", "has an alias"),
    "an object of Python": ("---\nsubject: !!python/object/apply:os.system [id]\n---\nx", "not YAML"),
}


@pytest.mark.parametrize("name", AT_PUBLISH)
def test_a_hostile_source_is_refused_when_it_is_published(name: str) -> None:
    source, word = AT_PUBLISH[name]
    with pytest.raises(InvalidDocument) as refused:
        compile_template("email", "x", source if source.startswith("---") else HEAD + source)
    assert any(word in problem.message for problem in refused.value.problems), refused.value.problems[:3]


def test_what_people_write_is_not_refused() -> None:
    deep = "<table><tr><td>" * 40 + "<b>Hello</b>" * 300 + "</td></tr></table>" * 40
    assert compile_template("email", "x", HEAD + deep).html
    images = '<mj-image src="https://shop.test/a.png" alt=">" />' * 250
    column = f"<mjml><mj-body><mj-section><mj-column>{images}</mj-column></mj-section></mj-body></mjml>"
    assert compile_template("email", "x", HEAD + column).html
    assert compile_template("email", "x", HEAD + "<p>" + "One<p>Two<br>" * 1_000).html


PIECES = ["<b>", "</b>", "<p>", "</p>", "<div>", "</i>", "<a>", "</a>", "<br>", "<table>", "<td>", "</table>", "x"]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_the_count_of_depth_is_never_below_that_of_closed_elements(pieces: list[str]) -> None:
    """The same again behind it, over and over, is refused as soon as anything in it stays open."""
    html = "".join(pieces)
    opened = html.count("<div>") + html.count("<table>") - html.count("</table>")
    assert opened <= 0 or is_nested_too_deeply(html * (DEEPEST + 1))


DATA = {
    "elements in elements": "<b>" * 10_000,
    "formatting in every paragraph": "".join(f"<b title={n}><p>" for n in range(1_800)),
    "links in paragraphs": "<a href=https://x.test><p>" * 1_200,
    "tables in tables": "<table><b>" * 3_000,
    "a thousand angles": "<" * 32_000,
    "ampersands": "&" * 32_000,
    "addresses without an end": "http://" * 4_500,
    "an address that is none": "https://[x see https://a]b.c/",
    "half an emoji": "%ed%a0%80",
}
SHOWN = ("clean_html", "strip_html", "escape_once", "newline_to_br", "url_decode", "strip", "truncate: 99999999999")


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("filter_name", SHOWN)
def test_no_value_of_an_event_makes_a_rendering_hang_or_grow(name: str, filter_name: str) -> None:
    """A write key stands in web pages: what comes with it must not stop the workers."""
    body = f"<p><a href='{{{{ event.v }}}}'>a</a>{{{{ event.v | {filter_name} }}}}</p>"
    rendered = render(compile_template("email", "x", HEAD + body), context(DATA[name]))
    assert len(rendered.html or "") < 1_000_000


def test_a_value_that_is_no_address_becomes_no_fault_where_addresses_are_marked() -> None:
    compiled = compile_template("email", "x", HEAD + "See {{ event.v }}")
    text = render(compiled, context("http://[x")).text
    click = TRACKING.signer.read_click(text.removeprefix("See https://t.test/c/").strip())
    assert click is not None
    assert click.target == "http://[x"


RANGES = [
    "{% assign r = (1..100000000000) %}{{ r | size }}",
    "{% assign a = event.v | split: '' %}" + "{% assign a = a | concat: a %}" * 30,
    "{% assign a = 'aaaaaaaaaaaaaaaa' %}" + "{% capture a %}{{ a }}{{ a }}{% endcapture %}" * 40,
    "{{ event.v | replace: '', event.v }}",
    "{{ event.v | split: '' | join: event.v }}",
    "{% for i in (1..9999) %}{% endfor %}" * 1_500,
]


@pytest.mark.parametrize("source", RANGES)
def test_what_grows_while_it_is_rendered_stops_soon(source: str) -> None:
    with pytest.raises(Defect) as stopped:
        render(compile_template("email", "x", HEAD + source), context("a" * 30_000))
    assert stopped.value.code == "template_limit"


def context(value: str) -> RenderContext:
    return RenderContext(now=datetime(2026, 3, 2, tzinfo=UTC), account=Account(), event={"v": value}, tracking=TRACKING)
