declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  export default function SwaggerUI(options: {
    domNode: HTMLElement;
    url: string;
    deepLinking: boolean;
    defaultModelsExpandDepth: number;
    docExpansion: "list" | "full" | "none";
    supportedSubmitMethods: string[];
    onComplete: () => void;
  }): void;
}

declare module "*.css";

declare module "*?raw" {
  const text: string;
  export default text;
}
