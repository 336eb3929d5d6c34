import { css } from "lit";

/** What every part begins with; colours and sizes come from the page's custom properties. */
export const common = css`
  :host {
    display: block;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ol,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ol,
  ul {
    list-style: none;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  a {
    color: inherit;
  }
  :focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 3px;
  }
  bdi {
    unicode-bidi: isolate;
    overflow-wrap: anywhere;
  }
  .nastaliq {
    font-family: var(--nastaliq);
    line-height: 2.1;
  }
  .naskh {
    font-family: var(--naskh);
    line-height: 1.7;
  }
  svg {
    display: block;
    flex: none;
  }
`;
