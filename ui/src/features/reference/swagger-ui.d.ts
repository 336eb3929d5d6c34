declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  /** A component of React, or what it renders. */
  type Part = unknown;

  interface System {
    readonly getComponent: (name: string, connected?: boolean) => Part;
    readonly specSelectors: {
      readonly loadingStatus: () => "loading" | "failed" | "success" | undefined;
      readonly info: () => ReadonlyMap<string, string>;
    };
  }

  export type Plugin = (library: {
    readonly React: { readonly createElement: (type: Part, properties?: object, ...content: readonly Part[]) => Part };
  }) => { readonly components: Readonly<Record<string, (system: System) => Part>> };

  export default function SwaggerUI(options: {
    domNode: HTMLElement;
    url: string;
    deepLinking: boolean;
    defaultModelsExpandDepth: number;
    docExpansion: "list" | "full" | "none";
    supportedSubmitMethods: string[];
    plugins: Plugin[];
    layout: string;
  }): void;
}

declare module "*.css";

declare module "*?raw" {
  const text: string;
  export default text;
}
