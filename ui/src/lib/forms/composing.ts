/** Whether this key press belongs to an input method. Its Enter ends the composition and must submit nothing; WebKit
 * sends it after the composition has ended, with the old key code 229. */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;

/** For forms: keeps the Enter of an input method from submitting. */
export const holdComposingEnter = (event: KeyboardEvent): void => {
  if (event.key === 'Enter' && isComposing(event)) event.preventDefault();
};
