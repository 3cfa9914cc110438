"""MJML and HTML with Liquid in every place, links, pixel, preheader and the text part."""

import pytest

from tests.content.rendering import SIGNER, hrefs, mjml, rendered, targets, tracked

PLACES = [
    ("<mj-text>{{ customer.v }}</mj-text>", "VALUE"),
    ('<mj-text><b title="{{ customer.v }}">x</b></mj-text>', 'title="VALUE"'),
    ('<mj-text color="{{ customer.v }}">x</mj-text>', "color:VALUE"),
    ('<mj-text css-class="{{ customer.v }}">x</mj-text>', "VALUE"),
    ('<mj-button href="https://x.test/{{ customer.v }}">x</mj-button>', 'href="https://x.test/VALUE"'),
    ('<mj-image src="https://x.test/{{ customer.v }}.png" alt="{{ customer.v }}" />', 'alt="VALUE"'),
    ("<mj-raw><p>{{ customer.v }}</p></mj-raw>", "<p>VALUE</p>"),
    ("<mj-table><tr><td>{{ customer.v }}</td></tr></mj-table>", "<td>VALUE</td>"),
    ('<mj-divider border-color="{{ customer.v }}" />', "VALUE"),
    ('<mj-text>{{ customer.v | default: "it\'s <a>" }}</mj-text>', "VALUE"),
    ('<mj-text>{% if customer.n < 3 and customer.v != "x" %}{{ customer.v }}{% endif %}</mj-text>', "VALUE"),
    (
        "{% if customer.n < 3 %}<mj-text>{{ customer.v }}</mj-text>{% else %}<mj-text>other</mj-text>{% endif %}",
        "VALUE",
    ),
    ('<mj-text><p {% if customer.n < 3 %}class="{{ customer.v }}"{% endif %}>x</p></mj-text>', 'class="VALUE"'),
    ("{%- assign a = customer.v -%}<mj-text>{{- a -}}</mj-text>", "VALUE"),
    ("{% raw %}<mj-text>{{ no }}</mj-text>{% endraw %}<mj-text>{{ customer.v }}</mj-text>", "VALUE"),
    ("<mj-text>{% comment %} {{ a }} < {% endcomment %}{{ customer.v }}</mj-text>", "VALUE"),
    ("<mj-text>{% liquid\n assign a = customer.v\n echo a %}</mj-text>", "VALUE"),
]


@pytest.mark.parametrize(("body", "expected"), PLACES)
def test_liquid_survives_mjml(body: str, expected: str) -> None:
    html = rendered(mjml(body), customer={"v": "VALUE", "n": 1}).html
    assert html
    assert expected in html
    assert "lq" not in html.replace("VALUE", "")


def test_liquid_may_repeat_and_leave_out_whole_sections() -> None:
    section = "<mj-section><mj-column><mj-text>{{ one.name }}</mj-text></mj-column></mj-section>"
    source = (
        "{% assign title = 'Yours' %}<mjml><mj-head><mj-title>{{ title }}</mj-title><mj-preview>{{ title }}</mj-preview>"
        "</mj-head><mj-body>"
        f"{{% for one in event.items %}}{section}{{% endfor %}}"
        "{% if customer.vip %}<mj-hero><mj-text>{{ customer.vip }}</mj-text></mj-hero>{% endif %}</mj-body></mjml>"
    )
    message = rendered(source, event={"items": [{"name": "One"}, {"name": "Two"}]})
    assert message.html
    assert message.html.count("<!--[if ") == message.html.count("<![endif]-->")
    assert message.html.index("One") < message.html.index("Two")
    assert "<title>Yours</title>" in message.html
    assert message.text.split() == ["One", "Two"]


def test_loops_around_table_rows_stay_in_the_table() -> None:
    rows = "{% for one in event.items %}<tr><td>{{ one }}</td></tr>{% endfor %}"
    for source in (mjml(f"<mj-table>{rows}</mj-table>"), f"<table>{rows}</table>"):
        html = rendered(source, event={"items": ["a", "b"]}).html or ""
        assert "<tr><td>a</td></tr><tr><td>b</td></tr>" in html


def test_styles_of_plain_html_are_inlined_and_media_queries_kept() -> None:
    style = "<style>.a { color: red } @media (max-width: 9px) { .a { color: blue } }</style>"
    page = f'<html><head>{style}</head><body><p class="a">{{{{ customer.v }}}}</p></body></html>'
    html = rendered(page, customer={"v": "x"}).html
    assert html
    assert 'style="color: red;">x</p>' in html
    assert "@media" in html


def test_nothing_is_loaded_from_other_peoples_servers() -> None:
    html = rendered(mjml("<mj-text>x</mj-text>")).html or ""
    assert "//" not in html.replace("http://www.w3.org", "").replace("urn:schemas-microsoft-com", "")


def test_every_web_link_is_signed_and_all_others_stay() -> None:
    source = mjml(
        '<mj-button href="https://x.test/{{ event.slug | url_encode }}?a=1&amp;b=2" data-link="register">Go</mj-button>'
        '<mj-image href="http://x.test/static" src="https://x.test/a.png" />'
        "<mj-text><a data-link='two words' href='{{ event.url }}'>a</a><a href=\"mailto:a@x.test\">b</a><a href=\"tel:+49\">c</a>"
        '<a href="#top">d</a><a href="{{ message.unsubscribe_url }}">e</a></mj-text>'
    )
    event = {"slug": "a b", "url": 'https://x.test/?q="1"&r=<2>'}
    message = rendered(source, event=event, tracking=tracked())
    unsubscribe = ("https://m.test/u/" + (message.html or "").partition("https://m.test/u/")[2].partition('"')[0], "")
    assert targets(message.html) == [
        ("https://x.test/a+b?a=1&b=2", "register"),
        ("http://x.test/static", "http://x.test/static"),
        ('https://x.test/?q="1"&r=<2>', "two words"),
        ("mailto:a@x.test", ""),
        ("tel:+49", ""),
        ("#top", ""),
        unsubscribe,
    ]
    assert "data-link" not in (message.html or "")
    assert message.text.count("https://m.test/c/") == 3
    assert message.text.count("https://m.test/u/") == 1


def test_links_in_a_loop_are_signed_each_for_itself() -> None:
    source = '{% for one in event.items %}<p><a href="{{ one.url }}">{{ one.n }}</a></p>{% endfor %}'
    items = [{"url": f"https://x.test/{n}", "n": n} for n in range(3)]
    message = rendered(source, event={"items": items}, tracking=tracked(source="mail"))
    assert [target for target, _ in targets(message.html)] == [f"https://x.test/{n}?utm_source=mail" for n in range(3)]


def test_without_tracking_links_stay_and_no_pixel_is_added() -> None:
    message = rendered('<a href="https://x.test/?a=1&amp;b={{ customer.v }}">a</a>', customer={"v": "2"})
    assert hrefs(message.html) == ["https://x.test/?a=1&b=2"]
    assert "<img" not in (message.html or "")


def test_a_link_from_data_cannot_run_anything() -> None:
    for tracking in (None, tracked()):
        message = rendered(
            '<a href="{{ customer.w }}">a</a>', customer={"w": " java\nscript:alert(1)"}, tracking=tracking
        )
        assert hrefs(message.html) == ["#"]


def test_links_in_html_from_data_are_signed_too() -> None:
    message = rendered(
        "<div>{{ event.h | clean_html }}</div>", event={"h": '<a href="https://x.test/d">d</a>'}, tracking=tracked()
    )
    assert targets(message.html) == [("https://x.test/d", "https://x.test/d")]


def test_a_fragment_that_begins_with_a_condition_is_a_whole_page_either_way() -> None:
    source = "{% if customer.n %}<p>yes</p>{% else %}<p>no</p>{% endif %}"
    assert rendered(source).html == "<html><head></head><body><p>no</p></body></html>"
    assert rendered(source, customer={"n": 1}).html == "<html><head></head><body><p>yes</p></body></html>"


@pytest.mark.parametrize("source", [mjml("<mj-text>x</mj-text>"), "<p>x</p>", "<html><body><p>x</p></body></html>"])
def test_the_pixel_is_the_last_thing_of_the_body(source: str) -> None:
    html = rendered(source, tracking=tracked()).html or ""
    pixel = html.rpartition("<img")[2]
    assert SIGNER.read_open(pixel.partition("/o/")[2].partition('"')[0])
    assert pixel.rstrip().endswith("</body></html>")


@pytest.mark.parametrize(
    "source", [mjml("<mj-text>x</mj-text>"), '<html><body class="a > b"><p>x</p></body></html>', "<p>x</p>"]
)
def test_the_preheader_stands_first_and_is_hidden(source: str) -> None:
    head = '---\nsubject: a\npreheader: "For {{ customer.n }} <only>"\n---\n'
    message = rendered(head + source, customer={"n": "<Ada>"})
    body = (message.html or "").partition("<body")[2].partition("\n")[0]
    assert body.partition(">")[2].removeprefix(' b">').startswith('<div style="display:none')
    assert "For &lt;Ada&gt; &lt;only&gt;</div>" in body
    assert "Ada" not in message.text


def test_the_text_part_reads_like_the_page() -> None:
    source = mjml(
        "<mj-text><h1>Hello {{ customer.n }}</h1><p>One<br/>two</p><ul><li>a</li><li>b</li></ul></mj-text>"
        '<mj-button href="https://x.test/go">Go <b>now</b></mj-button>'
        '<mj-image src="https://x.test/i.png" alt="Picture" />'
        '<mj-text><a href="https://x.test">https://x.test</a> <a href="mailto:a@x.test">a@x.test</a></mj-text>'
    )
    assert rendered(source, customer={"n": "Ada"}).text == (
        "Hello Ada\n\nOne\ntwo\n\n* a\n* b\nGo now (https://x.test/go)\nPicture\nhttps://x.test a@x.test\n"
    )


def test_a_text_of_ones_own_is_taken_and_its_addresses_are_signed() -> None:
    source = "---\nsubject: a\ntext: |\n  Hi {{ customer.n }},\n  see https://x.test/a.\n---\n<p>page</p>"
    message = rendered(source, customer={"n": "Ada"}, tracking=tracked())
    assert message.text.startswith("Hi Ada,\nsee https://m.test/c/")
    assert message.text.endswith(".\n")


def test_a_mail_of_plain_text_has_no_page() -> None:
    message = rendered("Hi,\n\n\n\nsee https://x.test/a", tracking=tracked())
    assert message.html is None
    assert message.text.startswith("Hi,\n\nsee https://m.test/c/")
