export type Theme = 'system' | 'light' | 'dark';

const stored = localStorage.getItem('theme');
let current = $state<Theme>(stored === 'light' || stored === 'dark' ? stored : 'system');

const show = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};
show(stored === 'light' || stored === 'dark' ? stored : 'system');

/** Light, dark, or as the desktop has it. */
export const theme = {
  get current(): Theme {
    return current;
  },
  choose(next: Theme): void {
    current = next;
    localStorage.setItem('theme', next);
    show(next);
  },
};
