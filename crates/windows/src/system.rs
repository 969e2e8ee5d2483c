//! The calls themselves. Nothing is decided here.
#![allow(unsafe_code, reason = "the operating system's calls; each block says why it holds")]

use std::ffi::{OsStr, c_void};
use std::fs::File;
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::io::{AsRawHandle, BorrowedHandle, FromRawHandle, IntoRawHandle, OwnedHandle};
use std::path::Path;
use std::ptr::{null, null_mut};

use tokio::net::windows::named_pipe::{NamedPipeClient, NamedPipeServer, ServerOptions};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE, LocalFree};
use windows_sys::Win32::Globalization::lstrlenW;
use windows_sys::Win32::Security::Authorization::{
    ConvertSecurityDescriptorToStringSecurityDescriptorW, ConvertSidToStringSidW,
    ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GetKernelObjectSecurity, GetSecurityDescriptorOwner, GetTokenInformation,
    OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, SECURITY_ATTRIBUTES, SetKernelObjectSecurity, TOKEN_QUERY,
    TOKEN_USER, TokenUser,
};
use windows_sys::Win32::Storage::FileSystem::{
    CREATE_NEW, CreateDirectoryW, CreateFileW, FILE_ATTRIBUTE_NORMAL, FILE_GENERIC_WRITE,
};
use windows_sys::Win32::System::EventLog::{DeregisterEventSource, RegisterEventSourceW, ReportEventW};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};
use windows_sys::core::BOOL;

use crate::Account;

/// A block that the system has allocated for us, freed with this.
struct Allocated<T>(*mut T);

impl<T> Drop for Allocated<T> {
    fn drop(&mut self) {
        // SAFETY: the calls that fill these pointers say that LocalFree frees them, and nothing else does.
        unsafe { LocalFree(self.0.cast()) };
    }
}

/// A security descriptor.
pub(crate) struct Descriptor(Allocated<c_void>);

impl Descriptor {
    /// From its text.
    pub(crate) fn new(text: &str) -> io::Result<Self> {
        let (text, mut made): (_, PSECURITY_DESCRIPTOR) = (wide(OsStr::new(text)), null_mut());
        // SAFETY: the text ends with a zero; the pointer is valid for the call, which fills it.
        done(unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut made,
                null_mut(),
            )
        })?;
        Ok(Self(Allocated(made)))
    }

    /// Its text, in the system's spelling.
    pub(crate) fn text(&self) -> io::Result<String> {
        descriptor_text(self.0.0)
    }

    /// For a call that makes something; valid as long as this.
    fn attributes(&self) -> SECURITY_ATTRIBUTES {
        #[allow(clippy::cast_possible_truncation, reason = "the size of three words")]
        let size = size_of::<SECURITY_ATTRIBUTES>() as u32;
        SECURITY_ATTRIBUTES { nLength: size, lpSecurityDescriptor: self.0.0, bInheritHandle: 0 }
    }
}

/// Makes one end of a pipe.
pub(crate) fn make_pipe(options: &ServerOptions, name: &OsStr, access: &Descriptor) -> io::Result<NamedPipeServer> {
    let mut attributes = access.attributes();
    // SAFETY: the pointer leads to attributes that outlive the call, with a descriptor that does too.
    unsafe { options.create_with_security_attributes_raw(name, (&raw mut attributes).cast()) }
}

/// Gives what is open here another list of accounts.
pub(crate) fn set_access(open: &impl AsRawHandle, access: &Descriptor) -> io::Result<()> {
    // SAFETY: the handle is open for as long as `open` is borrowed, the descriptor for as long as `access` is.
    done(unsafe { SetKernelObjectSecurity(open.as_raw_handle(), DACL_SECURITY_INFORMATION, access.0.0) })
}

/// Takes a pipe, opened for overlapped reading and writing, into the runtime.
pub(crate) fn pipe_client(open: OwnedHandle) -> io::Result<NamedPipeClient> {
    // SAFETY: the handle is ours and open, and given away here. A wrong kind of file is told by the runtime.
    unsafe { NamedPipeClient::from_raw_handle(open.into_raw_handle()) }
}

/// Makes a folder with a descriptor of its own.
pub(crate) fn make_folder(path: &Path, access: &Descriptor) -> io::Result<()> {
    let (path, attributes) = (wide(path.as_os_str()), access.attributes());
    // SAFETY: the path ends with a zero; the attributes and their descriptor outlive the call.
    done(unsafe { CreateDirectoryW(path.as_ptr(), &raw const attributes) })
}

/// Makes a file with a descriptor of its own, to be written by us alone while it is open.
pub(crate) fn make_file(path: &Path, access: &Descriptor) -> io::Result<File> {
    let (path, attributes) = (wide(path.as_os_str()), access.attributes());
    let (write, alone, nothing) = (FILE_GENERIC_WRITE, 0, null_mut());
    // SAFETY: the path ends with a zero; the attributes and their descriptor outlive the call.
    let made = unsafe {
        CreateFileW(path.as_ptr(), write, alone, &raw const attributes, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nothing)
    };
    if made == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle was given to us just now, and to nobody else.
    Ok(unsafe { OwnedHandle::from_raw_handle(made) }.into())
}

/// Owner and list of what is open here, as text in the system's spelling.
pub(crate) fn access(open: &impl AsRawHandle) -> io::Result<String> {
    let mut found = security(open, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)?;
    descriptor_text(found.as_mut_ptr().cast())
}

/// The account that owns what is open here: only it, or who may act as it, can have made it so.
pub(crate) fn owner(open: &impl AsRawHandle) -> io::Result<Account> {
    let mut found = security(open, OWNER_SECURITY_INFORMATION)?;
    let (mut sid, mut defaulted): (PSID, BOOL) = (null_mut(), 0);
    // SAFETY: `found` is a whole descriptor; both pointers are valid for the call. `sid` then leads into `found`.
    done(unsafe { GetSecurityDescriptorOwner(found.as_mut_ptr().cast(), &raw mut sid, &raw mut defaulted) })?;
    account(sid)
}

/// The account that this process runs as.
pub(crate) fn own_account() -> io::Result<Account> {
    let mut token = null_mut();
    // SAFETY: takes nothing, and gives a constant that stands for this process.
    let process = unsafe { GetCurrentProcess() };
    // SAFETY: the pointer is valid for the call, which fills it with a handle of ours.
    done(unsafe { OpenProcessToken(process, TOKEN_QUERY, &raw mut token) })?;
    // SAFETY: the handle was given to us just now, and to nobody else.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    let found = sized(|place, size, needed| {
        // SAFETY: `place` has room for `size` bytes, and both pointers are valid for the call.
        unsafe { GetTokenInformation(token.as_raw_handle(), TokenUser, place, size, needed) }
    })?;
    // SAFETY: the call has put a TOKEN_USER at the start; the block is aligned for it.
    let user = unsafe { found.as_ptr().cast::<TOKEN_USER>().read() };
    // Its pointer leads into `found`, which is alive.
    account(user.User.Sid)
}

/// The event log, opened for one source, and closed with this.
struct Source(HANDLE);

impl Drop for Source {
    fn drop(&mut self) {
        // SAFETY: the handle was given to us for this call, which nothing else makes with it.
        unsafe { DeregisterEventSource(self.0) };
    }
}

/// Writes an event with one text into this machine's Application log.
pub(crate) fn report_event(source: &OsStr, kind: u16, id: u32, text: &OsStr) -> io::Result<()> {
    let (source, text) = (wide(source), wide(text));
    // SAFETY: the name ends with a zero; no machine is this one.
    let opened = unsafe { RegisterEventSourceW(null(), source.as_ptr()) };
    if opened.is_null() {
        return Err(io::Error::last_os_error());
    }
    let (log, texts) = (Source(opened), [text.as_ptr()]);
    let (category, nobody, no_bytes) = (0, null_mut(), 0);
    // SAFETY: the log is open; there is one text, which ends with a zero, and both it and the list outlive the call.
    done(unsafe { ReportEventW(log.0, kind, category, id, nobody, 1, no_bytes, texts.as_ptr(), null()) })
}

/// A part of the descriptor of what is open here, in one block.
fn security(open: &impl AsRawHandle, part: u32) -> io::Result<Vec<u64>> {
    // SAFETY: the handle is open for as long as `open` is borrowed.
    let open = unsafe { BorrowedHandle::borrow_raw(open.as_raw_handle()) };
    sized(|place, size, needed| {
        // SAFETY: `place` has room for `size` bytes, and both pointers are valid for the call.
        unsafe { GetKernelObjectSecurity(open.as_raw_handle(), part, place, size, needed) }
    })
}

/// Asks a call how much room it needs, and calls it again with that. Words of eight bytes keep what is inside aligned.
fn sized(mut call: impl FnMut(*mut c_void, u32, *mut u32) -> BOOL) -> io::Result<Vec<u64>> {
    let mut needed = 0;
    call(null_mut(), 0, &raw mut needed);
    let mut room = vec![0_u64; (needed as usize).div_ceil(size_of::<u64>()).max(1)];
    done(call(room.as_mut_ptr().cast(), needed, &raw mut needed))?;
    Ok(room)
}

/// `descriptor` must lead to a whole descriptor.
fn descriptor_text(descriptor: PSECURITY_DESCRIPTOR) -> io::Result<String> {
    let mut text = null_mut();
    let part = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    // SAFETY: both callers hold a whole descriptor while this runs; the pointer is valid for the call, which fills it.
    done(unsafe {
        ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor,
            SDDL_REVISION_1,
            part,
            &raw mut text,
            null_mut(),
        )
    })?;
    Ok(narrow(&Allocated(text)))
}

/// `sid` must lead to a whole identifier.
fn account(sid: PSID) -> io::Result<Account> {
    let mut text = null_mut();
    // SAFETY: both callers hold the block that `sid` leads into while this runs; the pointer is valid for the call.
    done(unsafe { ConvertSidToStringSidW(sid, &raw mut text) })?;
    narrow(&Allocated(text)).parse().map_err(io::Error::other)
}

fn narrow(text: &Allocated<u16>) -> String {
    // SAFETY: the system has ended the text with a zero.
    let length = unsafe { lstrlenW(text.0) };
    let length = usize::try_from(length).unwrap_or(0);
    // SAFETY: `length` units were counted just now, and the block is alive.
    String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(text.0, length) })
}

fn wide(text: &OsStr) -> Vec<u16> {
    text.encode_wide().chain([0]).collect()
}

fn done(outcome: BOOL) -> io::Result<()> {
    if outcome == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
