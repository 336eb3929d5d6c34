import { followTheme } from "../../app/theme.ts";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

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
    // It brings a second main landmark; it has to be focusable, so that it cannot be without a role.
    onComplete: () => element.querySelector("#operations")?.setAttribute("role", "group"),
  });
}
