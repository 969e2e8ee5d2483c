//! Accessibility: axe-core looks at what a page shows, in both languages and both themes.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::webdriver::Session;

const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");
/// Looks at the page in every language and theme, and leaves it in English and light. It calls back with what it has found.
/// What is no colour is the same in both themes, and is looked at in one of them.
const LOOK: &str = "
const done = arguments[0];
const root = document.documentElement;
const say = async (language) => {
  const choice = document.querySelector('[data-testid=language]');
  choice.value = language;
  choice.dispatchEvent(new Event('change', { bubbles: true }));
  await new Promise((shown) => setTimeout(shown));
  if (root.lang !== language) throw new Error(`the page does not speak ${language}`);
};
const look = async () => {
  const found = [];
  const grounds = new Set();
  for (const language of ['en', 'ja']) {
    await say(language);
    for (const theme of ['light', 'dark']) {
      root.dataset.theme = theme;
      grounds.add(getComputedStyle(document.body).backgroundColor);
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations, passes } = await axe.run(WHERE, {
        resultTypes: ['violations'],
        runOnly:
          (language === 'en') === (theme === 'light')
            ? { type: 'tag', values: tags }
            : { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
      });
      if (passes.length === 0) throw new Error('no rule had anything to look at');
      for (const { id, impact, nodes } of violations)
        for (const { target, any, all, none } of nodes)
          found.push({
            where: `${language} ${theme}`,
            what: `${id} (${impact}) ${target.join(' ')}: ${[...any, ...all, ...none][0]?.message ?? ''}`,
          });
    }
  }
  if (grounds.size !== 2) throw new Error('both themes look the same');
  root.dataset.theme = 'light';
  await say('en');
  return found;
};
look().then(done, (error) => done(String(error)));
";

/// What was found wherever it has looked.
pub struct Axe {
    source: String,
    /// Each finding, with the languages and themes in which it was there.
    found: BTreeMap<String, Vec<String>>,
}

impl Axe {
    /// Has looked nowhere yet.
    pub fn new() -> Self {
        let source = fs::read_to_string(AXE).unwrap_or_else(|error| panic!("{AXE}: {error}"));
        Self { source, found: BTreeMap::new() }
    }

    /// Looks at what is on screen. `name` is what the findings call it.
    pub fn look(&mut self, page: &Session, name: &str) {
        self.look_within(page, name, "html");
    }

    /// Looks at this element alone, and what is in it.
    pub fn look_within(&mut self, page: &Session, name: &str, css: &str) {
        if page.script("return typeof axe") == "undefined" {
            page.script(&self.source);
        }
        let found = page.script_async(&LOOK.replace("WHERE", &json!(css).to_string()));
        let Value::Array(found) = found else { panic!("{name}: {found}") };
        for one in found {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            self.found.entry(format!("{name}: {}", text("what"))).or_default().push(text("where"));
        }
    }

    /// All that was found has to be nothing; else it is told line by line: page, rule, impact, element, reason, where.
    pub fn finish(mut self) {
        let found = std::mem::take(&mut self.found);
        assert!(found.is_empty(), "{} violations:\n{}", found.len(), told(&found));
    }
}

fn told(found: &BTreeMap<String, Vec<String>>) -> String {
    let lines: Vec<String> = found.iter().map(|(what, whence)| format!("{what} [{}]", whence.join(", "))).collect();
    lines.join("\n")
}

impl Default for Axe {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Axe {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.found.is_empty() {
            eprintln!("found until then:\n{}", told(&self.found));
        }
    }
}
