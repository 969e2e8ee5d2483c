/** What the console itself does for its page: see src-tauri. */

/** A file for a support case. */
export interface WrittenDiagnostics {
  /** Where it is. */
  file: string;
  /** Whether the service has told its part. */
  service_answers: boolean;
  /** The lines of its log in it. */
  log_lines: number;
}

/** Whose users are written into a file. */
export interface ExportUsers {
  connection: string;
  /** The moment, as the page's clock has it. */
  made: string;
}

/** A file with users. */
export interface ExportedUsers {
  /** Where it is. */
  file: string;
  /** How many are in it. */
  users: number;
}

/** How notices of the desktop are wanted. */
export interface NoticesWish {
  on: boolean;
  language: string;
}

/** What the icon in the tray says. */
export interface TrayWords {
  /** Server and state. */
  state: string;
  open: string;
  full_sync: string;
  sync_all: string;
  quit: string;
  /** Whether closing the window leaves the icon. */
  keep: boolean;
}
