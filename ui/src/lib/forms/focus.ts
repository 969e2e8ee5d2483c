/** Goes to a field, where what had the focus is gone, or what is wrong is far away. */
export const focusField = (name: string): void => document.getElementById(`field-${name}`)?.focus();
