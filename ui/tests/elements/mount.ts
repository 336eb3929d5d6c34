import { ContextProvider } from "@lit/context";
import axe from "axe-core";
import type { LitElement } from "lit";
import { expect, onTestFinished } from "vitest";
import { page, type Locator } from "vitest/browser";
import "../../src/tokens/base.css";
import {
  chatContext,
  likesContext,
  loginContext,
  sessionContext,
  stationContext,
  viewerContext,
  type ChatPlace,
  type LikeIt,
  type ShownStation,
  type Viewer,
} from "../../src/app/contexts.ts";
import { permissionsFor } from "../../src/app/permissions.ts";
import { LoginSession } from "../../src/sdk/login.ts";
import { fromSnapshot, type StationState } from "../../src/sdk/state.ts";
import { snapshot } from "../fixtures.ts";
import { tokens } from "./server.ts";

/** A station whose state the test sets. */
export class TestStation implements ShownStation {
  readonly #listeners = new Set<() => void>();
  readonly slug: string;
  state: StationState | undefined;

  constructor(state: StationState | undefined = fromSnapshot(snapshot()), slug = "awaz") {
    this.state = state;
    this.slug = slug;
  }

  now(): number {
    return Date.now();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(state: StationState | undefined): void {
    this.state = state;
    this.#listeners.forEach((listener) => listener());
  }
}

/** What the page around an element provides. */
export interface Around {
  readonly station?: ShownStation;
  readonly viewer?: Viewer;
  readonly chat?: ChatPlace;
  readonly like?: LikeIt;
}

export const owner: Viewer = { userId: "u1", permissions: permissionsFor("user", "owner") };
export const host: Viewer = { userId: "u1", permissions: permissionsFor("user", "host") };

const login = new LoginSession(
  { store: undefined },
  { expired: () => undefined, signedOut: () => undefined, signedIn: () => undefined },
);

const sessions = new WeakMap<HTMLElement, ContextProvider<typeof sessionContext>>();
const stations = new WeakMap<HTMLElement, ContextProvider<typeof stationContext>>();

/** Put an element on a page of a station, by default with an owner signed in, until the test ends. */
export async function mount<Element extends LitElement>(
  tag: string,
  properties: Partial<Element> = {},
  { station = new TestStation(), viewer = owner, chat, like }: Around = {},
): Promise<Element> {
  const around = document.createElement("div");
  const session = new ContextProvider(around, { context: sessionContext, initialValue: tokens });
  new ContextProvider(around, { context: loginContext, initialValue: login });
  const shown = new ContextProvider(around, { context: stationContext, initialValue: station });
  new ContextProvider(around, { context: viewerContext, initialValue: viewer });
  new ContextProvider(around, { context: chatContext, initialValue: chat });
  new ContextProvider(around, { context: likesContext, initialValue: like });
  const element = Object.assign(document.createElement(tag), properties) as Element;
  around.append(element);
  document.body.append(around);
  onTestFinished(() => around.remove());
  stations.set(element, shown);
  sessions.set(element, session);
  await element.updateComplete;
  return element;
}

/** Make another station the one of the page around an element. */
export function showStation(element: HTMLElement, station: ShownStation): void {
  stations.get(element)?.setValue(station);
}

/** Sign in anew on the page around an element. */
export function signInAgain(element: HTMLElement): void {
  sessions.get(element)?.setValue({ ...tokens });
}

/** Locates an element by its test id. */
export const byId = (id: string) => page.getByTestId(id);

/** Whether an element has the focus, also inside a shadow root. */
export const hasFocus = (locator: Locator) => locator.element().matches(":focus");

/** Fails with the rules of WCAG 2.2 AA that the page breaks. Colours depend on the place of an element on its page. */
export async function expectAccessible(): Promise<void> {
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await axe.run({ runOnly, rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}
