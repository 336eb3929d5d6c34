import { html } from "lit";
import { expect, test } from "vitest";
import { ofStation, Selected } from "../../src/app/selected.ts";
import { AwazElement } from "../../src/kit/element.ts";
import { fromSnapshot, type StationState } from "../../src/sdk/state.ts";
import type { Readable } from "../../src/sdk/store.ts";
import { snapshot } from "../fixtures.ts";
import { mount, showStation, TestStation } from "./mount.ts";

/** Counts how often it is rendered. */
class Peak extends AwazElement {
  renders = 0;
  readonly #peak = ofStation(this, ({ listeners, onAir }) => ({ peak: listeners.peak, onAir }));

  override render() {
    this.renders += 1;
    return html`${this.#peak.value?.peak ?? "unknown"}`;
  }

  get shown() {
    return this.renderRoot.textContent;
  }
}
customElements.define("test-peak", Peak);

const counted = (count: number, peak: number): StationState => ({
  ...fromSnapshot(snapshot()),
  listeners: { count, peak, stale: false, asOf: undefined },
});

test("an element is rendered again when what it selected has changed, and not with the rest", async () => {
  const station = new TestStation(counted(1, 4));
  const element = await mount<Peak>("test-peak", {}, { station });
  station.set(counted(2, 4));
  await element.updateComplete;
  expect([element.shown, element.renders]).toEqual(["4", 1]);
  station.set(counted(5, 5));
  await element.updateComplete;
  expect([element.shown, element.renders]).toEqual(["5", 2]);
});

test("an element shows the page's new station, and does not listen to the last one", async () => {
  const [first, second] = [new TestStation(counted(1, 4)), new TestStation(counted(1, 7), "other")];
  const element = await mount<Peak>("test-peak", {}, { station: first });
  showStation(element, second);
  await element.updateComplete;
  const before = element.renders;
  first.set(counted(9, 9));
  await element.updateComplete;
  expect([element.shown, element.renders]).toEqual(["7", before]);
});

test("a station that is not known yet selects nothing", async () => {
  const station = new TestStation();
  station.set(undefined);
  const element = await mount<Peak>("test-peak", {}, { station });
  expect(element.shown).toBe("unknown");
});

test("nothing is listened to by an element that is not on the page", async () => {
  let listeners = 0;
  const source: Readable<number> = {
    state: 1,
    subscribe: () => {
      listeners += 1;
      return () => (listeners -= 1);
    },
  };
  class Follower extends AwazElement {
    readonly followed = new Selected(
      this,
      () => source,
      ({ state }) => state,
    );
  }
  customElements.define("test-follower", Follower);
  const element = await mount<Follower>("test-follower");
  expect([element.followed.value, listeners]).toEqual([1, 1]);
  const parent = element.parentElement;
  element.remove();
  expect(listeners).toBe(0);
  parent?.append(element);
  await element.updateComplete;
  expect(listeners).toBe(1);
  element.requestUpdate();
  element.remove();
  await element.updateComplete;
  expect(listeners).toBe(0);
});
