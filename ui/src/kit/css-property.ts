import { noChange } from "lit";
import { Directive, directive, PartType, type ElementPart, type PartInfo } from "lit/directive.js";

/** Sets a property of an element's style through the object model: a `style` attribute is against the pages' policy. */
class CssProperty extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error("cssProperty() belongs inside a tag");
  }

  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- they are the types of what update() is given
  override render(_name: string, _value: string): unknown {
    return noChange;
  }

  override update(part: ElementPart, [name, value]: [string, string]): unknown {
    (part.element as HTMLElement).style.setProperty(name, value);
    return noChange;
  }
}

export const cssProperty = directive(CssProperty);
