import { html, svg, type TemplateResult } from "lit";
import qrcode from "qrcode-generator";

/** The quiet zone around a code, in modules (ISO/IEC 18004). */
const MARGIN = 4;

/** A QR code of a text, dark on light in every theme, since cameras do not all read the reverse. */
export function qrCode(text: string, label: string): TemplateResult {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  const rows = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => (code.isDark(row, column) ? `M${column} ${row}h1v1h-1z` : "")).join(""),
  );
  return html`<svg
    class="qr"
    role="img"
    aria-label=${label}
    viewBox="${-MARGIN} ${-MARGIN} ${size + 2 * MARGIN} ${size + 2 * MARGIN}"
    shape-rendering="crispEdges"
  >
    ${svg`<path d=${rows.join("")} />`}
  </svg>`;
}
