import { css } from "lit";

export const trackDialogStyles = css`
  dialog {
    inline-size: min(100% - 1.5rem, 46rem);
    max-block-size: calc(100dvh - 1.5rem);
  }
  dialog > * + * {
    margin-block-start: 1.1rem;
  }
  header {
    display: flex;
    align-items: center;
    gap: 1rem;
  }
  header > div {
    min-inline-size: 0;
  }
  .cover {
    inline-size: 5rem;
    block-size: 5rem;
  }
  .cue {
    display: flex;
    gap: 0.5rem;
  }
  dl {
    display: grid;
    gap: 0.35rem 1.5rem;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr));
    font-size: var(--text-small);
  }
  dl div {
    display: flex;
    gap: 0.6rem;
  }
  dt {
    flex: none;
    color: var(--muted);
  }
  dd {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .last {
    justify-content: space-between;
  }
`;
