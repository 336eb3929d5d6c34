import { css } from "lit";

export const roundelStyles = css`
  :host([turning]) .inner {
    animation: turn 80s linear infinite;
  }
  :host([turning]) .outer {
    animation: turn 120s linear infinite reverse;
  }
  @keyframes turn {
    to {
      rotate: 360deg;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .ring {
      animation: none !important;
    }
  }
  .roundel {
    inline-size: 100%;
    block-size: auto;
  }
  .picture {
    inline-size: 100%;
    block-size: auto;
    aspect-ratio: 1;
    object-fit: cover;
    border-radius: var(--radius-field);
  }
  :host([round]) .picture {
    border-radius: 50%;
  }
  .rim {
    fill: var(--roundel-ground);
  }
  .line {
    fill: none;
    stroke: var(--roundel-white);
    stroke-width: 1.2;
    opacity: 0.8;
  }
  .dot {
    fill: var(--roundel-white);
  }
  .petal {
    fill: var(--roundel-red);
    stroke: var(--roundel-white);
    stroke-width: 1.4;
  }
  .seed {
    fill: var(--roundel-white);
  }
  .tooth {
    fill: var(--roundel-white);
    opacity: 0.85;
  }
  .heart {
    fill: var(--roundel-heart);
  }
`;
