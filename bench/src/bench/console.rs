//! `console_start_ms` and `console_mib`: the real window on a virtual display, from its start to its painted page.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sekisho_tests::process::{Process, built};
use sekisho_tests::site::Site;
use sekisho_tests::wait::wait_for;

use super::figure::{Aim, Figure};
use super::process_tree;
use super::screen::Screen;

/// A picture that has not changed for this long is the page as it stays.
const QUIET: Duration = Duration::from_secs(2);
/// The same for the start that the page is learnt from, which may be slow.
const LEARNT: Duration = Duration::from_secs(6);

/// Opens the console of a running server again and again. What the page looks like is learnt from a first start that does
/// not count; each of the others ends when the screen shows that page, with the server's status in it.
pub fn measure(site: &Site, times: usize) -> Vec<Figure> {
    let home = site.home.join("console");
    let screen = Screen::start(&home.join("screen"));
    let empty = screen.picture();
    // A desktop has a session bus. Without one, GTK looks for one in vain, for a quarter of a second.
    let bus = home.join("bus");
    let address = format!("unix:path={}", bus.display());
    let mut daemon = Command::new("dbus-daemon");
    daemon.args(["--session", "--nofork", "--nopidfile"]).arg(format!("--address={address}"));
    let _daemon = Process::start(daemon.stdout(Stdio::null()).stderr(Stdio::null()));
    wait_for("the session bus listens", || bus.exists().then_some(()));
    let open = || {
        let mut command = Command::new(built("sekisho-console"));
        command
            .env("DISPLAY", screen.name())
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env("LANG", "C.UTF-8")
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("SEKISHO_ADMIN_SOCKET", &site.service.socket)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Process::start(&mut command)
    };
    let first = open();
    let page = screen.settled(LEARNT);
    drop(first);
    screen.wait_for(&empty);

    let (mut milliseconds, mut mebibytes) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let begun = Instant::now();
        let console = open();
        let painted = screen.wait_for(&page);
        milliseconds.push(painted.duration_since(begun).as_secs_f64() * 1000.0);
        screen.settled(QUIET);
        mebibytes.push(process_tree::pss_mib(&[console.id()]));
        drop(console);
        screen.wait_for(&empty);
    }
    vec![
        Figure::median("console_start_ms", Aim::Below(700.0), &milliseconds),
        Figure::median("console_mib", Aim::None, &mebibytes),
    ]
}
