"""Violations of WCAG 2.2 A and AA and of best practice on a page, as axe-core finds them."""

from functools import cache

from playwright.async_api import Page

from tests.support.paths import PROJECT

ALL = (
    "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],"
    # The only rule of WCAG 2.2 that axe has, and leaves out unless it is asked for.
    " rules: {'target-size': {enabled: true}}}"
)
COLOURS = "{runOnly: {type: 'rule', values: ['color-contrast']}}"
"""The rules that another theme can break."""


@cache
def _axe() -> str:
    return (PROJECT / "ui/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


async def violations(page: Page, rules: str = ALL) -> list[str]:
    """Return the violations, each with its rule and the first element that breaks it."""
    await page.evaluate(_axe())
    found = await page.evaluate(f"axe.run({rules})")
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['target']}" for each in found["violations"]]
