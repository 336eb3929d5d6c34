import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

/** Show the HTTP API in an element. */
export function showHttpReference(element: HTMLElement): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const setTheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", setTheme);
  setTheme();
  SwaggerUI({
    domNode: element,
    url: "/api/v1/openapi.json",
    deepLinking: false,
    defaultModelsExpandDepth: 0,
    docExpansion: "list",
    // Trying things out needs tokens on this page, and changes what is on air.
    supportedSubmitMethods: [],
  });
}
