"""Problems of a page in a browser: uncaught errors of its scripts, and violations of its policy."""

from playwright.async_api import ConsoleMessage, Page

VIOLATION = "securitypolicyviolation"
TELL = f"""
addEventListener("{VIOLATION}", ({{ violatedDirective, blockedURI, sourceFile, lineNumber }}) =>
  console.error(`{VIOLATION}: ${{violatedDirective}} ${{blockedURI}} ${{sourceFile}}:${{lineNumber}}`));
"""


async def watch_page(page: Page, problems: list[str]) -> None:
    """Add the problems of a page to a list, from the next address that it is sent to."""

    def on_console(message: ConsoleMessage) -> None:
        if message.text.startswith(VIOLATION):
            problems.append(message.text)

    await page.add_init_script(TELL)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", on_console)
