import { svg, html, type TemplateResult } from "lit";

function icon(size: number, shape: ReturnType<typeof svg>): TemplateResult {
  return html`<svg
    viewBox="0 0 24 24"
    width=${size}
    height=${size}
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    ${shape}
  </svg>`;
}

export const playIcon = icon(34, svg`<path d="M8 4.8v14.4L19.5 12z" fill="currentColor" />`);
export const pauseIcon = icon(34, svg`<path d="M8 5.5v13M16 5.5v13" stroke-width="4.2" />`);
export const listenersIcon = icon(
  18,
  svg`<path d="M4 15v-2.5a8 8 0 0 1 16 0V15" /><rect x="3" y="14" width="4.5" height="6.5" rx="2" fill="currentColor" /><rect x="16.5" y="14" width="4.5" height="6.5" rx="2" fill="currentColor" />`,
);
export const volumeIcon = icon(
  22,
  svg`<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z" fill="currentColor" /><path d="M15.5 9a4.2 4.2 0 0 1 0 6M18.2 6.3a8 8 0 0 1 0 11.4" />`,
);
export const mutedIcon = icon(
  22,
  svg`<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z" fill="currentColor" /><path d="m16 9.5 5 5m0-5-5 5" />`,
);
export const copyIcon = icon(
  18,
  svg`<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2.5" /><path d="M15.5 5.5A2 2 0 0 0 13.5 4H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 1.5 2" />`,
);
export const checkIcon = icon(18, svg`<path d="m5 12.5 4.5 4.5L19 7.5" />`);
export const cableIcon = icon(
  18,
  svg`<path d="M3 12h4m10 0h4M7 8.5v7a1.5 1.5 0 0 0 1.5 1.5H11V7H8.5A1.5 1.5 0 0 0 7 8.5zM17 8.5v7a1.5 1.5 0 0 1-1.5 1.5H14" />`,
);
export const bellIcon = icon(18, svg`<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 21h4" />`);
export const qrIcon = icon(
  18,
  svg`<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5H14zM17.5 17.5H20V20h-2.5z" />`,
);
export const shareIcon = icon(
  18,
  svg`<path d="M12 14.5V3.5m0 0L8 7.5m4-4 4 4M5.5 12v6.5a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V12" />`,
);
