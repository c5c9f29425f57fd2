"""Templates are compiled once for each language, with what follows from the language alone put in."""

from __future__ import annotations

from django.utils.translation import override
from jinja2 import DictLoader

from friendship.templating import Pages, environment


def made(source: str) -> Pages:
    return environment(loader=DictLoader({"page": source}), autoescape=True)


def test_each_language_has_its_own() -> None:
    pages = made('{{ _("Ties") }} {{ url("relationships") }} {{ language_code() }} {{ in_chinese() }}')
    for _round in range(2):
        with override("zh-hans"):
            assert pages.get_template("page").render() == "友城关系 /relationships/ zh-hans True"
        with override("en"):
            assert pages.get_template("page").render() == "Ties /en/relationships/ en False"


def test_what_is_written_in_the_template_is_put_in_when_it_is_compiled() -> None:
    pages = made('{{ _("Ties") }} {{ _(text) }} {{ url(name) }} {{ _("%(year)ss", year=1980) }}')
    with override("zh-hans"):
        chinese = pages.get_template("page")
    with override("en"):
        assert chinese.render(text="Ties", name="relationships") == "友城关系 Ties /en/relationships/ 1980s"


def test_values_are_escaped_and_texts_of_the_catalogue_are_not() -> None:
    with override("en"):
        page = made('{{ _("A & B") }} {{ _("%(name)s", name=name) }} {{ name }}').get_template("page")
        assert page.render(name="<b>") == "A & B &lt;b&gt; &lt;b&gt;"
