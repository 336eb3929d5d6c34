import { msg, str } from "@lit/localize";
import { css, html, unsafeCSS, type PropertyValues } from "lit";
import type uPlot from "uplot";
import uplotCss from "uplot/dist/uPlot.min.css?inline";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";
import { numberText, timeOfDay } from "../../i18n/time.ts";
import type { MinuteView } from "../../wire/schema.ts";

const MINUTE_MS = 60_000;
const HEIGHT = 130;
/** Seconds between the times on the axis: they are shown to the minute. */
const TIMES_S = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * 60);

/** How many listened, drawn by the minute; `since` and `until` are its first and last minute in unix milliseconds. */
export class ListenerCurve extends AwazElement {
  static override properties = { minutes: {}, since: {}, until: {} };
  declare minutes: readonly MinuteView[];
  declare since: number;
  declare until: number;

  static override styles = [
    unsafeCSS(uplotCss),
    common,
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }
      .chart {
        direction: ltr;
        block-size: 130px;
      }
    `,
  ];

  #plot: uPlot | undefined;
  readonly #resized = new ResizeObserver(([entry]) => {
    if (entry) this.#plot?.setSize({ width: entry.contentRect.width, height: HEIGHT });
  });

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  override render() {
    const peak = Math.max(0, ...this.minutes.map((minute) => minute.peak));
    const label = msg(
      str`Listeners from ${timeOfDay(this.since)} to ${timeOfDay(this.until)}: at most ${numberText(peak)}`,
    );
    return html`<div
      class="chart"
      role="img"
      aria-label=${label}
      data-testid="listener-curve"
      data-peak=${peak}
    ></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (this.#plot) {
      if (changed.has("minutes")) this.#plot.setData(this.#data());
      return;
    }
    this.#draw().catch(reportError);
  }

  async #draw(): Promise<void> {
    const { default: Plot } = await import("uplot");
    const chart = this.renderRoot.querySelector<HTMLElement>(".chart");
    if (!chart || !this.isConnected || this.#plot) return;
    const colour = (name: string) => getComputedStyle(this).getPropertyValue(name).trim();
    const axis = {
      stroke: () => colour("--muted"),
      grid: { show: false },
      ticks: { show: false },
      font: `12px ${getComputedStyle(this).fontFamily}`,
    };
    this.#plot = new Plot(
      {
        width: chart.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.1))] } },
        axes: [
          {
            ...axis,
            values: (_, splits) => splits.map((seconds) => timeOfDay(seconds * 1000)),
            space: 90,
            incrs: TIMES_S,
          },
          {
            ...axis,
            values: (_, splits) => splits.map((count) => numberText(count)),
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
            size: 44,
          },
        ],
        series: [
          {},
          { stroke: () => colour("--link"), fill: () => colour("--line"), width: 2, points: { show: false } },
        ],
      },
      this.#data(),
      chart,
    );
    this.#resized.observe(chart);
  }

  /** A value for each minute, since nobody listened in those that the server does not name. */
  #data(): uPlot.AlignedData {
    const known = new Map(this.minutes.map(({ at, listeners }) => [at, listeners]));
    const times: number[] = [];
    for (let at = this.since - (this.since % MINUTE_MS); at <= this.until; at += MINUTE_MS) times.push(at);
    return [times.map((at) => at / 1000), times.map((at) => known.get(at) ?? 0)];
  }
}

customElements.define("awaz-listener-curve", ListenerCurve);
