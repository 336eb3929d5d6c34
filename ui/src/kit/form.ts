/** The values of a form without empty fields; trimmed, except for passwords. */
export function formValues(form: HTMLFormElement): Record<string, string> {
  const values = [...new FormData(form)].map(([name, value]) => {
    const text = typeof value === "string" ? value : value.name;
    return [name, form.querySelector(`[name="${name}"][data-secret]`) ? text : text.trim()] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value));
}
