//! A small WebDriver client (W3C WebDriver), for `WebKitWebDriver` and `chromedriver`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::wait::{wait_for, wait_or_say};

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A session with one window or browser.
pub struct Session {
    port: u16,
    id: String,
}

/// A tab of a browser.
pub struct Tab(String);

impl Session {
    /// Opens a session at the driver that listens on `port`.
    pub fn open(port: u16, capabilities: &Value) -> Self {
        wait_for("the WebDriver listens", || TcpStream::connect(("127.0.0.1", port)).ok());
        let body = json!({"capabilities": {"alwaysMatch": capabilities}});
        let answer = http(port, "POST", "/session", Some(&body)).expect("a new WebDriver session");
        let id = answer["sessionId"].as_str().expect("sessionId").to_owned();
        Self { port, id }
    }

    fn command(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Value> {
        http(self.port, method, &format!("/session/{}{path}", self.id), body)
    }

    fn element(&self, css: &str) -> Option<String> {
        let found = self.command("POST", "/element", Some(&json!({"using": "css selector", "value": css}))).ok()?;
        found[ELEMENT].as_str().map(str::to_owned)
    }

    /// Clicks the element that the selector names, as soon as it is there. `WebKit`'s driver clicks where the element was a moment
    /// ago: where the page has moved since, it is clicked again, as by a person who sees that nothing has happened.
    pub fn click(&self, css: &str) {
        let watched = format!(
            "window.clickArrived = false;
             window.addEventListener('click', (event) => {{
               window.clickArrived = event.target instanceof Element && event.target.closest({}) !== null;
             }}, {{capture: true, once: true}})",
            json!(css)
        );
        // A page's list opens no element for the pointer: its options are chosen by the driver.
        let is_watched = !css.contains("option");
        self.act(css, "can be clicked", |element| {
            if is_watched {
                self.run(&watched)?;
            }
            self.command("POST", &format!("/element/{element}/click"), Some(&json!({})))?;
            // Where the click leads to another page, or closes this one, nobody remembers it.
            let is_missed = is_watched && self.run("return window.clickArrived").is_ok_and(|arrived| arrived == false);
            if is_missed { Err(Value::String("something else was clicked".to_owned())) } else { Ok(()) }
        });
    }

    fn run(&self, script: &str) -> Result<Value, Value> {
        self.command("POST", "/execute/sync", Some(&json!({"script": script, "args": []})))
    }

    /// Does something with an element as soon as it can be done, or says why it could not.
    fn act(&self, css: &str, what: &str, act: impl Fn(&str) -> Result<(), Value>) {
        let mut last = Value::Null;
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(30) {
            // A person scrolls to it; WebKit's driver does so for the page alone, not for a part of it that scrolls.
            let scroll = format!("document.querySelector({})?.scrollIntoView({{block: 'center'}})", json!(css));
            let _ = self.run(&scroll);
            match self.element(css).map(|element| act(&element)) {
                Some(Ok(())) => return,
                Some(Err(error)) => last = error.clone(),
                None => last = Value::String("there is none".to_owned()),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("this did not come true: {css} {what}: {last}\n{}", self.script("return document.body.innerText"));
    }

    /// Types into the element that the selector names.
    pub fn fill(&self, css: &str, text: &str) {
        self.act(css, "can be filled", |element| {
            self.command("POST", &format!("/element/{element}/clear"), Some(&json!({})))?;
            self.command("POST", &format!("/element/{element}/value"), Some(&json!({"text": text}))).map(drop)
        });
    }

    /// Presses keys one after the other, wherever the page takes them.
    pub fn press(&self, keys: &str) {
        let strokes = |key: char| ["keyDown", "keyUp"].map(|what| json!({"type": what, "value": key}));
        let strokes: Vec<Value> = keys.chars().flat_map(strokes).collect();
        let keyboard = json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]});
        self.command("POST", "/actions", Some(&keyboard)).expect("the keys are pressed");
    }

    /// Presses the tabulator until this element has the focus.
    pub fn tab_to(&self, css: &str) {
        self.wait(css);
        let is_there = || self.script(&format!("return document.activeElement?.matches({})", json!(css))) == true;
        for _ in 0..80 {
            if is_there() {
                return;
            }
            self.press("\u{E004}");
        }
        panic!("{css} cannot be reached with the tabulator");
    }

    /// Presses a key while Ctrl is held.
    pub fn press_with_ctrl(&self, key: &str) {
        self.act("body", "takes keys", |element| {
            let text = format!("\u{E009}{key}\u{E000}");
            self.command("POST", &format!("/element/{element}/value"), Some(&json!({"text": text}))).map(drop)
        });
    }

    /// Gives the window another size.
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height});
        self.command("POST", "/window/rect", Some(&size)).expect("another size");
    }

    /// Plugs a security key in, which answers by itself (W3C Web Authentication, 11: virtual authenticators).
    pub fn plug_security_key(&self) {
        let key = json!({"protocol": "ctap2", "transport": "usb", "isUserConsenting": true});
        self.command("POST", "/webauthn/authenticator", Some(&key)).expect("a virtual authenticator");
    }

    /// Gives files to the input that the selector names.
    pub fn upload(&self, css: &str, files: &[&str]) {
        let text = files.join("\n");
        self.act(css, "takes files", |element| {
            self.command("POST", &format!("/element/{element}/value"), Some(&json!({"text": text}))).map(drop)
        });
    }

    /// Chooses an option of a `select` by its value.
    pub fn choose(&self, css: &str, value: &str) {
        self.click(&format!("{css} option[value='{value}']"));
    }

    /// The text of the element, as soon as it is there.
    pub fn text(&self, css: &str) -> String {
        wait_for(&format!("{css} is there"), || {
            let element = self.element(css)?;
            let text = self.command("GET", &format!("/element/{element}/text"), None).ok()?;
            text.as_str().map(str::to_owned)
        })
    }

    /// Waits until the selector names something.
    pub fn wait(&self, css: &str) {
        let shown = || self.script("return document.body.innerText");
        wait_or_say(&format!("{css} is there"), || self.element(css), shown);
    }

    /// An attribute of the element, as soon as the element is there.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let value = wait_for(&format!("{css} is there"), || {
            let element = self.element(css)?;
            self.command("GET", &format!("/element/{element}/attribute/{name}"), None).ok()
        });
        value.as_str().map(str::to_owned)
    }

    /// Goes to an address.
    pub fn go(&self, url: &str) {
        self.command("POST", "/url", Some(&json!({"url": url}))).unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Loads the page again, as its user would.
    pub fn reload(&self) {
        self.command("POST", "/refresh", Some(&json!({}))).expect("the page is loaded again");
    }

    /// What there is to be seen inside a frame of the page.
    pub fn inside<T>(&self, css: &str, look: impl FnOnce() -> T) -> T {
        let frame = self.element(css).expect("the frame");
        let turn =
            |to: Value| self.command("POST", "/frame", Some(&json!({"id": to}))).expect("the frame is turned to");
        turn(json!({"element-6066-11e4-a52e-4f735466cecf": frame}));
        let seen = look();
        turn(Value::Null);
        seen
    }

    /// Opens another tab, and acts in it from here on.
    pub fn tab(&self) -> Tab {
        let made = self.command("POST", "/window/new", Some(&json!({"type": "tab"}))).expect("another tab");
        let tab = Tab(made["handle"].as_str().expect("its handle").to_owned());
        self.turn_to(&tab);
        tab
    }

    /// The tab that is acted in.
    pub fn this_tab(&self) -> Tab {
        let handle = self.command("GET", "/window", None).expect("the tab");
        Tab(handle.as_str().expect("its handle").to_owned())
    }

    /// Acts in another tab from here on.
    pub fn turn_to(&self, tab: &Tab) {
        self.command("POST", "/window", Some(&json!({"handle": tab.0}))).expect("the tab is there");
    }

    /// The address on screen.
    pub fn url(&self) -> String {
        self.command("GET", "/url", None).ok().and_then(|url| url.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The page's source, for a failing test's message.
    pub fn source(&self) -> String {
        self.command("GET", "/source", None).ok().and_then(|page| page.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Writes what the window shows as a PNG.
    pub fn shot(&self, png: &Path) {
        // What the page holds is painted two frames later.
        self.script_async(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))",
        );
        let shot = self.command("GET", "/screenshot", None).expect("a screenshot");
        let bytes = data_encoding::BASE64.decode(shot.as_str().expect("base64").as_bytes()).expect("base64");
        std::fs::write(png, bytes).expect("the screenshot is written");
    }

    /// Runs a script in the page and gives what it returns.
    pub fn script(&self, script: &str) -> Value {
        self.run(script).expect("the script runs")
    }

    /// Runs a script in the page and gives what it calls its argument with.
    pub fn script_async(&self, script: &str) -> Value {
        self.command("POST", "/execute/async", Some(&json!({"script": script, "args": []}))).expect("the script ends")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.command("DELETE", "", None);
    }
}

fn http(port: u16, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Value> {
    let failed = |error: std::io::Error| Value::String(error.to_string());
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_mins(1))).map_err(failed)?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
    .map_err(failed)?;
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).map_err(failed)? == 0 || line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut answer = vec![0; length];
    reader.read_exact(&mut answer).map_err(failed)?;
    let mut answer: Value = serde_json::from_slice(&answer).map_err(|error| Value::String(error.to_string()))?;
    let value = answer["value"].take();
    if value.get("error").is_some() { Err(value) } else { Ok(value) }
}
