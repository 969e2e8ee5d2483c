//! What a virtual display shows, read from its memory: asking the X server or the page would slow both down.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use sekisho_tests::display::Display;

/// Every so many lines are looked at: fine enough for a line of text.
const LINES: usize = 8;
/// One in so many pixels may differ between two pictures that are the same: a clock may have gone on.
const FEW: usize = 100;
const GLANCE: Duration = Duration::from_millis(3);
const PATIENCE: Duration = Duration::from_secs(30);

/// A virtual display with its picture.
pub struct Screen {
    display: Display,
    memory: File,
    form: Form,
}

/// A glance at the screen: some of its lines.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture(Vec<u8>);

/// Where the pixels are in an X window dump (`XWDFile.h`: words of 32 bits, the highest byte first).
struct Form {
    begin: usize,
    line: usize,
    lines: usize,
}

impl Screen {
    /// Starts a display with its memory in `folder`.
    pub fn start(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("a folder for the picture");
        let display = Display::with_memory(folder);
        let memory = File::open(folder.join("Xvfb_screen0")).expect("Xvfb keeps its picture there");
        let mut header = [0; 100];
        memory.read_exact_at(&mut header, 0).expect("a header");
        let word = |number: usize| {
            let bytes = header[number * 4..][..4].try_into().expect("four bytes");
            usize::try_from(u32::from_be_bytes(bytes)).expect("32 bits fit")
        };
        // Words 0, 5, 12, 19: size of the header, height, bytes of a line, colours of 12 bytes before the pixels.
        let form = Form { begin: word(0) + 12 * word(19), line: word(12), lines: word(5) };
        Self { display, memory, form }
    }

    /// What goes into `DISPLAY`.
    pub fn name(&self) -> &str {
        self.display.name()
    }

    /// What is on it now.
    pub fn picture(&self) -> Picture {
        let Form { begin, line, lines } = self.form;
        let mut picture = vec![0; line * (lines / LINES)];
        for (number, part) in picture.chunks_exact_mut(line).enumerate() {
            self.memory.read_exact_at(part, (begin + number * LINES * line) as u64).expect("the display lives");
        }
        Picture(picture)
    }

    /// Waits until it shows this picture, and says when that was.
    pub fn wait_for(&self, wanted: &Picture) -> Instant {
        self.wait("the window shows its page", |picture| picture.is_like(wanted))
    }

    /// Waits until it shows something and has not changed for `quiet`. A window is blank before its page is painted.
    pub fn settled(&self, quiet: Duration) -> Picture {
        let (mut last, mut since) = (self.picture(), Instant::now());
        self.wait("the window comes to rest", |picture| {
            if *picture != last {
                (last, since) = (picture.clone(), Instant::now());
            }
            !last.is_blank() && since.elapsed() >= quiet
        });
        last
    }

    fn wait(&self, what: &str, mut is: impl FnMut(&Picture) -> bool) -> Instant {
        let begun = Instant::now();
        loop {
            let now = Instant::now();
            if is(&self.picture()) {
                return now;
            }
            assert!(begun.elapsed() < PATIENCE, "this did not come true: {what}");
            std::thread::sleep(GLANCE);
        }
    }
}

impl Picture {
    /// Whether it is the same, but for a few pixels.
    fn is_like(&self, other: &Self) -> bool {
        let pixels = self.pixels().zip(other.pixels());
        self.are_few(pixels.filter(|(one, another)| one != another).count())
    }

    /// Whether it is of one colour, but for a few pixels.
    fn is_blank(&self) -> bool {
        let first = self.pixels().next();
        self.are_few(self.pixels().filter(|pixel| Some(*pixel) != first).count())
    }

    fn pixels(&self) -> impl Iterator<Item = &[u8]> {
        self.0.chunks_exact(4)
    }

    fn are_few(&self, pixels: usize) -> bool {
        pixels * FEW < self.pixels().count()
    }
}
