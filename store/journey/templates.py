"""Templates in versions. A version holds the default text and its locale variants; publishing one variant keeps the others."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text
from sqlmodel import col, insert, select, update

from domain.errors import NotFound
from domain.frozen import Frozen
from domain.template import CompiledTemplate
from domain.template_locales import canonical, fallbacks
from store.access import audit
from store.database import Transaction
from store.journey import catalog
from store.tables.journeys import Template, TemplateVersion


class Variant(Frozen):
    """One text of a template, checked and compiled. Its locale is empty for the default text."""

    source: str
    compiled: CompiledTemplate


class StoredVariant(Variant):
    """A published variant. `locale` is the one that was found, which may be shorter than the one asked for."""

    channel: str
    name: str
    version: int
    locale: str
    published_at: datetime
    published_by: str


class TemplateRecord(Frozen):
    """A template: its live version and in which locales it is written (empty: the default text)."""

    channel: str
    name: str
    live_version: int
    locales: tuple[str, ...]
    archived: bool
    updated_at: datetime


class PublishedTemplate(Frozen):
    """The live version. `changed` is false when it said the same already."""

    channel: str
    name: str
    version: int
    changed: bool


async def publish(
    tx: Transaction, channel: str, name: str, variants: Mapping[str, Variant], *, actor: str
) -> PublishedTemplate:
    """Makes `variants` (by locale) part of the live version: a new one, if any text differs. An archived one comes back."""
    variants = {canonical(locale): variant for locale, variant in variants.items()}
    await tx.execute(
        text(
            "INSERT INTO template (channel, name, live_version, archived) VALUES (:channel, :name, 0, false)"
            " ON CONFLICT DO NOTHING"
        ),
        {"channel": channel, "name": name},
    )
    this = (col(Template.channel) == channel, col(Template.name) == name)
    template = (await tx.execute(select(Template).where(*this).with_for_update())).mappings().one()
    live = {row["locale"]: row for row in await _rows(tx, channel, name, template["live_version"])}
    changed = any(
        locale not in live or live[locale]["checksum"] != checksum(variant.source)
        for locale, variant in variants.items()
    )
    version = template["live_version"] + 1 if changed else template["live_version"]
    if not changed and not template["archived"]:
        return PublishedTemplate(channel=channel, name=name, version=version, changed=False)
    if changed:
        key = {"channel": channel, "name": name, "version": version}
        kept = [{**row, **key} for locale, row in live.items() if locale not in variants]
        new = [key | _columns(locale, variant, actor) for locale, variant in variants.items()]
        for row in (*kept, *new):
            await tx.execute(insert(TemplateVersion).values(row))
    await tx.execute(
        update(Template).where(*this).values(live_version=version, archived=False, updated_at=text("now()"))
    )
    await audit.record(
        tx, actor, "template.publish", f"{channel}/{name}", {"version": version, "locales": list(variants)}
    )
    await catalog.bump(tx)
    return PublishedTemplate(channel=channel, name=name, version=version, changed=changed)


_LIVE = text(
    """
    SELECT v.channel, v.name, v.version, v.locale, v.source, v.compiled, v.published_at, v.published_by
      FROM template t JOIN template_version v ON (v.channel, v.name, v.version) = (t.channel, t.name, t.live_version)
     WHERE t.channel = :channel AND t.name = :name AND NOT t.archived
     ORDER BY v.locale = ANY(:locales) DESC, CASE WHEN v.locale = ANY(:locales) THEN -length(v.locale) END, v.locale LIMIT 1
    """
)


async def live(tx: Transaction, channel: str, name: str, locale: str = "") -> StoredVariant | None:
    """The newest published text in the nearest locale: `zh-Hant-HK`, then `zh-Hant`, then `zh`, then the default one.

    A template that has neither is sent in the locale that it has. None: there is no such template, or it is archived.
    """
    parameters = {"channel": channel, "name": name, "locales": list(fallbacks(locale))}
    row = (await tx.execute(_LIVE, parameters)).mappings().one_or_none()
    return StoredVariant.model_validate(dict(row)) if row else None


async def live_names(tx: Transaction) -> frozenset[tuple[str, str]]:
    """Channel and name of every template that can be sent."""
    query = select(col(Template.channel), col(Template.name)).where(
        col(Template.archived).is_(False), col(Template.live_version) > 0
    )
    return frozenset((channel, name) for channel, name in await tx.execute(query))


async def records(tx: Transaction, *, channel: str | None = None, archived: bool = False) -> list[TemplateRecord]:
    """All templates, by channel and name; without the archived ones unless asked for."""
    query = text(
        """
        SELECT t.channel, t.name, t.live_version, t.archived, t.updated_at,
               ARRAY(SELECT locale FROM template_version v WHERE (v.channel, v.name, v.version)
                     = (t.channel, t.name, t.live_version) ORDER BY locale) AS locales
          FROM template t
         WHERE (:archived OR NOT t.archived) AND (CAST(:channel AS text) IS NULL OR t.channel = :channel)
         ORDER BY t.channel, t.name
        """
    )
    rows = (await tx.execute(query, {"archived": archived, "channel": channel})).mappings()
    return [TemplateRecord.model_validate(dict(row)) for row in rows]


async def show(tx: Transaction, channel: str, name: str, version: int | None = None) -> list[StoredVariant]:
    """Every text of a version (the live one if none is named), the default first. Raises NotFound."""
    if version is None:
        query = select(col(Template.live_version)).where(col(Template.channel) == channel, col(Template.name) == name)
        version = (await tx.execute(query)).scalar_one_or_none() or 0
    rows = await _rows(tx, channel, name, version)
    if not rows:
        raise NotFound(f"There is no template {channel}/{name}{f' in version {version}' if version else ''}.")
    return [StoredVariant.model_validate({key: row[key] for key in StoredVariant.model_fields}) for row in rows]


async def archive(tx: Transaction, channel: str, name: str, *, actor: str) -> None:
    """No journey can be published with it, and no send finds it any more. Raises NotFound. Twice is once."""
    this = (col(Template.channel) == channel, col(Template.name) == name)
    archived = (await tx.execute(select(col(Template.archived)).where(*this).with_for_update())).scalar_one_or_none()
    if archived is None:
        raise NotFound(f"There is no template {channel}/{name}.")
    if not archived:
        await tx.execute(update(Template).where(*this).values(archived=True, updated_at=text("now()")))
        await audit.record(tx, actor, "template.archive", f"{channel}/{name}")
        await catalog.bump(tx)


def checksum(source: str) -> str:
    """The same for the same text."""
    return hashlib.sha256(source.encode()).hexdigest()


def _columns(locale: str, variant: Variant, actor: str) -> dict[str, object]:
    return {
        "locale": locale,
        "source": variant.source,
        "compiled": variant.compiled.model_dump(mode="json"),
        "checksum": checksum(variant.source),
        "published_by": actor,
    }


async def _rows(tx: Transaction, channel: str, name: str, version: int) -> list[dict[str, object]]:
    query = (
        select(TemplateVersion)
        .where(
            col(TemplateVersion.channel) == channel,
            col(TemplateVersion.name) == name,
            col(TemplateVersion.version) == version,
        )
        .order_by(col(TemplateVersion.locale))
    )
    return [dict(row) for row in (await tx.execute(query)).mappings()]
