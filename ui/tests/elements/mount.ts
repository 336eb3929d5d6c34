import axe from "axe-core";
import type { LitElement } from "lit";
import { expect, onTestFinished } from "vitest";
import { page } from "vitest/browser";
import "../../src/tokens/base.css";
import { ServerClock } from "../../src/sdk/clock.ts";

/** A clock that agrees with this machine's. */
export const clock = new ServerClock();

/** Put an element on the page with properties, until the test ends. */
export async function mount<Element extends LitElement>(
  tag: string,
  properties: Partial<Element> = {},
): Promise<Element> {
  const element = Object.assign(document.createElement(tag), properties) as Element;
  document.body.append(element);
  onTestFinished(() => element.remove());
  await element.updateComplete;
  return element;
}

/** Locates an element by its test id. */
export const byId = (id: string) => page.getByTestId(id);

/** Fails with the rules of WCAG 2.2 AA that the page breaks. Colours depend on the place of an element on its page. */
export async function expectAccessible(): Promise<void> {
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await axe.run({ runOnly, rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}
