import { css } from "lit";

export const panelStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    block-size: 100%;
  }
  .panel {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    flex: 1;
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
    background: var(--card);
    color: var(--ink);

    /* Where all that may be open is open, the whole is scrolled: nothing takes the list's place. */
    overflow: hidden auto;
  }
  .panel > * {
    flex: none;
  }
  .panel > awaz-message-list {
    flex: 1 0 9rem;
  }
  ::slotted([slot="tools"]),
  ::slotted([slot="held"]) {
    flex: none;
    max-block-size: 15rem;
    overflow: auto;
  }
  header {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    padding: 0.5rem 0.5rem 0.5rem 1rem;
    padding-inline: 1rem 0.5rem;
    border-block-end: 1px solid var(--line);
  }
  h2 {
    flex: 1;
    font-size: var(--text-body);
    font-weight: 700;
  }
  .here {
    color: var(--muted);
    font-weight: 400;
    font-size: var(--text-small);
  }
  .icon {
    display: inline-grid;
    place-items: center;
    min-inline-size: 2.75rem;
    min-block-size: 2.75rem;
    padding: 0;
    border: 0;
    border-radius: var(--radius-field);
    background: none;
    color: inherit;
    cursor: pointer;
    list-style: none;
  }
  .icon::-webkit-details-marker {
    display: none;
  }
  details {
    position: relative;
  }
  .menu {
    position: absolute;
    z-index: 2;
    inset-inline-end: 0;
    inline-size: 15rem;
    padding: 0.4rem 1rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-row);
    background: var(--card);
    box-shadow: var(--raised);
  }
  .pinned {
    display: flex;
    gap: 0.6rem;
    padding: 0.6rem 1rem;
    border-block-end: 1px solid var(--line);
    background: color-mix(in oklab, var(--marigold) 14%, var(--card));
    font-size: var(--text-small);
  }
  .pinned p {
    flex: 1;
    min-inline-size: 0;
  }
  .opener {
    margin-block-start: 1rem;
    display: flex;
    align-items: center;
    justify-content: space-between;
    inline-size: 100%;
    min-block-size: 3.2rem;
    padding: 0.5rem 1.1rem;
    border: 1.5px solid var(--line);
    border-radius: var(--radius-row);
    background: var(--card);
    color: inherit;
    font: inherit;
    font-weight: 700;
    cursor: pointer;
  }
  .count {
    min-inline-size: 1.6rem;
    padding: 0.05rem 0.5rem;
    border-radius: var(--radius-pill);
    background: var(--marigold);
    color: var(--on-marigold);
    text-align: center;
  }
  .sheet {
    position: fixed;
    z-index: 6;
    inset: auto 0 0;
    block-size: min(82dvh, 46rem);
    padding-block-end: var(--bar-height, env(safe-area-inset-bottom));
    background: var(--card);
    border-radius: var(--radius-card) var(--radius-card) 0 0;
    box-shadow: 0 -8px 40px var(--shadow);
    display: flex;
    flex-direction: column;
  }
  .sheet .panel {
    border-width: 1px 0 0;
    border-radius: inherit;
  }
  .announced {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
`;
