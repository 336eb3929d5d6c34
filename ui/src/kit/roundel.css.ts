import { css } from "lit";

export const roundelStyles = css`
  .roundel {
    inline-size: 100%;
    block-size: auto;
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
