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
export const remoteIcon = icon(
  22,
  svg`<path d="M3.5 9V6.5a2 2 0 0 1 2-2h13a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H15M3.5 12.5a7 7 0 0 1 7 7M3.5 16a3.5 3.5 0 0 1 3.5 3.5" />`,
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
export const onAirIcon = icon(
  20,
  svg`<circle cx="12" cy="12" r="2.4" fill="currentColor" /><path d="M7.8 7.8a6 6 0 0 0 0 8.4M16.2 7.8a6 6 0 0 1 0 8.4M4.8 4.8a10.2 10.2 0 0 0 0 14.4M19.2 4.8a10.2 10.2 0 0 1 0 14.4" />`,
);
export const peopleIcon = icon(
  20,
  svg`<circle cx="9" cy="8" r="3.2" /><path d="M3 19.5a6 6 0 0 1 12 0M15.5 5.2a3.2 3.2 0 0 1 0 5.6M17.5 14.2a6 6 0 0 1 3.5 5.3" />`,
);
export const invitationIcon = icon(
  20,
  svg`<rect x="3.5" y="5.5" width="17" height="13" rx="2" /><path d="m4.5 7.5 7.5 5.5 7.5-5.5" />`,
);
export const keyIcon = icon(
  20,
  svg`<circle cx="8" cy="15.5" r="4" /><path d="m11 12.5 8-8M16 7.5l2.5 2.5M13.5 10l2 2" />`,
);
export const banIcon = icon(20, svg`<circle cx="12" cy="12" r="8.5" /><path d="m6 6 12 12" />`);
export const settingsIcon = icon(
  20,
  svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9" /><circle cx="15" cy="7" r="2.2" /><circle cx="9" cy="17" r="2.2" />`,
);
export const activityIcon = icon(20, svg`<circle cx="12" cy="12" r="8.5" /><path d="M12 7v5.2l3.4 2" />`);
export const stationsIcon = icon(
  20,
  svg`<rect x="3.5" y="9" width="17" height="11" rx="2" /><path d="M7 9 17 4M7 13.5h5M7 16.5h3" /><circle cx="16.2" cy="14.8" r="2.2" />`,
);
export const healthIcon = icon(20, svg`<path d="M3.5 12.5h4l2.5-6.5 4 12 2.5-5.5h4" />`);
export const libraryIcon = icon(
  20,
  svg`<path d="M9 18V5.5l11-2V16" /><circle cx="6.3" cy="18" r="2.7" /><circle cx="17.3" cy="16" r="2.7" />`,
);
export const queueIcon = icon(
  20,
  svg`<path d="M4 6h16M4 11h16M4 16h7M4 21h7" /><path d="M15 14.5v6l5-3z" fill="currentColor" />`,
);
export const playlistIcon = icon(
  20,
  svg`<path d="M4 6h16M4 11h10M4 16h7" /><path d="M17 19v-7.5l4-1" /><circle cx="14.8" cy="19" r="2.2" />`,
);
export const playNextIcon = icon(20, svg`<path d="M4 17h16M4 21h16" /><path d="M12 13V3m0 0L8 7m4-4 4 4" />`);
export const addToQueueIcon = icon(20, svg`<path d="M4 5h16M4 10h16M4 15h7" /><path d="M17 13v8m-4-4h8" />`);
export const uploadIcon = icon(
  20,
  svg`<path d="M12 15V4m0 0L7.5 8.5M12 4l4.5 4.5M4.5 15v3a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-3" />`,
);
export const upIcon = icon(20, svg`<path d="M12 19V5m0 0-6 6m6-6 6 6" />`);
export const downIcon = icon(20, svg`<path d="M12 5v14m0 0-6-6m6 6 6-6" />`);
export const removeIcon = icon(20, svg`<path d="m6 6 12 12M18 6 6 18" />`);
export const heartIcon = icon(
  20,
  svg`<path d="M12 20s-7.5-4.6-7.5-10A4.3 4.3 0 0 1 12 7.3 4.3 4.3 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z" />`,
);
export const menuIcon = icon(20, svg`<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3.2" />`);
export const pinIcon = icon(18, svg`<path d="M9 3.5h6M10 3.5v6L6.5 14h11L14 9.5v-6M12 14v6.5" />`);
export const handleIcon = icon(
  20,
  svg`<path d="M9 6h.01M9 12h.01M9 18h.01M15 6h.01M15 12h.01M15 18h.01" stroke-width="3" />`,
);
export const trackIcon = icon(
  24,
  svg`<path d="M9.5 17V5.5l9-1.5v11" /><circle cx="7" cy="17" r="2.5" /><circle cx="16" cy="15" r="2.5" />`,
);
