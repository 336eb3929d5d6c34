import { followTheme } from "../../app/theme.ts";
import SwaggerUI, { type Plugin } from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

/** The parts that fit below the page's own heading: the standard layout brings a heading and a main landmark itself. */
const layout: Plugin = ({ React: { createElement } }) => ({
  components: {
    Reference: ({ getComponent, specSelectors }) => {
      const status = specSelectors.loadingStatus();
      if (status === "failed") return createElement(getComponent("errors", true));
      if (status !== "success") return createElement("p", undefined, "Loading…");
      const source = specSelectors.info().get("description");
      return createElement(
        "div",
        { className: "swagger-ui" },
        createElement(getComponent("SvgAssets")),
        createElement("h2", undefined, "HTTP"),
        createElement(getComponent("Markdown", true), { source }),
        createElement(getComponent("operations", true)),
        createElement(getComponent("Models", true)),
      );
    },
  },
});

/** Show the HTTP API in an element. */
export function showHttpReference(element: HTMLElement): void {
  followTheme((isDark) => document.documentElement.classList.toggle("dark-mode", isDark));
  SwaggerUI({
    domNode: element,
    url: "/api/v1/openapi.json",
    deepLinking: false,
    defaultModelsExpandDepth: 0,
    docExpansion: "list",
    // Trying things out needs tokens on this page, and changes what is on air.
    supportedSubmitMethods: [],
    plugins: [layout],
    layout: "Reference",
  });
}
