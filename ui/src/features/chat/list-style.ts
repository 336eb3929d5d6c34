import { css } from "lit";

export const listStyle = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    flex: 1;
    min-block-size: 0;
  }
  .scroll {
    flex: 1;
    min-block-size: 0;
    padding: 0.5rem 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
  }
  li {
    position: relative;
    padding: 0.15rem 1rem;
    overflow-wrap: anywhere;
  }
  li.first {
    margin-block-start: 0.5rem;
  }
  li:hover,
  li:focus-within,
  li.selected {
    background: color-mix(in oklab, var(--ink) 5%, transparent);
  }
  .mention {
    box-shadow: inset 3px 0 var(--marigold);
    background: color-mix(in oklab, var(--marigold) 12%, transparent);
  }
  .announcement {
    margin: 0.5rem 1rem;
    padding: 0.5rem 0.8rem;
    border-radius: var(--radius-field);
    background: color-mix(in oklab, var(--link) 12%, transparent);
  }
  .day {
    padding: 0.6rem 1rem 0.2rem;
    color: var(--muted);
    font-size: var(--text-label);
    text-align: center;
  }
  .name {
    font-weight: 700;
    font-size: var(--text-small);
  }
  button.name {
    min-block-size: 1.5rem;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    cursor: pointer;
  }
  button.name:hover {
    text-decoration: underline;
  }
  .role {
    margin-inline-start: 0.4rem;
    padding: 0.05em 0.5em;
    border-radius: var(--radius-pill);
    background: var(--panel);
    color: var(--panel-ink);
    font-size: var(--text-label);
    font-weight: 600;
  }
  time,
  .mark {
    margin-inline-start: 0.5rem;
    color: var(--muted);
    font-size: var(--text-label);
  }
  .answered {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 1;
    overflow: hidden;
    padding-inline-start: 0.6rem;
    border-inline-start: 2px solid var(--line);
    color: var(--muted);
    font-size: var(--text-label);
  }
  .unsent {
    color: var(--muted);
  }
  .bad {
    color: var(--bad);
  }
  .actions {
    display: none;
    flex-wrap: wrap;
    gap: 0.25rem;
    padding-block: 0.2rem;
  }
  .unsent .actions,
  li:focus-within .actions,
  li.selected .actions {
    display: flex;
  }
  .more {
    position: absolute;
    inset-block-start: 0;
    inset-inline-end: 0.4rem;
    display: grid;
    place-items: center;
    min-inline-size: 1.9rem;
    min-block-size: 1.6rem;
    padding: 0;
    border: 0;
    background: none;
    color: var(--muted);
  }

  /* With a mouse, it is there for the keyboard. */
  @media (hover: hover) {
    .more:not(:focus-visible) {
      opacity: 0;
      pointer-events: none;
    }
  }
  @media (hover: none) {
    .message {
      padding-inline-end: 2.6rem;
    }
  }
  @media (hover: hover) {
    .message .actions {
      position: absolute;
      z-index: 1;
      inset-block-end: calc(100% - 0.7rem);
      inset-inline-end: 0.6rem;
      padding: 0.15rem;
      border: 1px solid var(--line);
      border-radius: var(--radius-field);
      background: var(--card);
    }
    li:hover .actions {
      display: flex;
    }
  }
  .actions button {
    min-block-size: 1.9rem;
    padding: 0 0.6rem;
    border: 0;
    border-radius: var(--radius-field);
    background: none;
    color: inherit;
    font-size: var(--text-label);
    cursor: pointer;
  }
  .actions button:hover {
    background: color-mix(in oklab, var(--ink) 10%, transparent);
  }
  .empty,
  .earlier {
    display: block;
    margin: 1rem auto;
    color: var(--muted);
    text-align: center;
    padding-inline: 1rem;
  }
  .new {
    position: absolute;
    z-index: 2;
    inset-block-end: 0.6rem;
    inset-inline: 0;
    inline-size: fit-content;
    margin-inline: auto;
    min-block-size: 2.2rem;
    padding: 0.2rem 1rem;
    border: 0;
    border-radius: var(--radius-pill);
    background: var(--action);
    color: var(--on-action);
    cursor: pointer;
  }
`;
