// modelsig's abi.h 1.0 by hand. What the comments there say about memory, threads and errors holds here too.
#![allow(dead_code)]
use std::ffi::{c_char, c_void};

pub type Status = i32;
pub const OK: Status = 0;
pub const CANCELLED: Status = 1;
pub const INVALID_ARGUMENT: Status = 2;
pub const NOT_FOUND: Status = 3;
pub const DATA_LOSS: Status = 4;
pub const UNSUPPORTED: Status = 5;
pub const UNAVAILABLE: Status = 6;
pub const INTERNAL: Status = 7;
pub const LIMIT: Status = 9;
pub const STORE: i32 = 1;
pub const FORMAT: i32 = 2;
pub const LAYER: i32 = 3;
pub const COMPARATOR: i32 = 4;
pub const ADVISOR: i32 = 5;
pub const FORMATTER: i32 = 6;
pub const SIZE_UNKNOWN: u64 = u64::MAX;
pub const RANGE_SHORT_OK: u32 = 1;
pub const THREAD_SAFE: u32 = 1;

pub type Handle = *mut c_void; // ms_call, ms_repo, ms_file, ms_model, ms_writer, and what a plugin hands out itself
pub type Node = *const c_void;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str { pub data: *const u8, pub size: usize }
impl Str {
    pub fn new(s: &str) -> Str { Str { data: s.as_ptr(), size: s.len() } }
    pub fn text(self) -> String {
        if self.size == 0 { return String::new(); }
        String::from_utf8_lossy(unsafe { std::slice::from_raw_parts(self.data, self.size) }).into_owned()
    }
}

#[repr(C)]
pub struct Range {
    pub file: Handle, pub name: Str, pub offset: u64, pub size: u64, pub into: *mut u8, pub got: u64, pub file_size: u64, pub status: Status, pub flags: u32,
}
#[repr(C)]
pub struct FileInfo { pub struct_size: u32, pub flags: u32, pub name: Str, pub size: u64 }
#[repr(C)]
pub struct Tensor {
    pub struct_size: u32, pub rank: u32, pub name: Str, pub dtype: Str, pub shape: *const u64, pub offset: u64, pub size: u64, pub file: Handle,
    pub component: Str, pub group: u32, pub flags: u32,
}

#[repr(C)]
pub struct Host {
    pub struct_size: u32, pub abi_minor: u32,
    pub log: extern "C" fn(Handle, i32, Str),
    pub fail: extern "C" fn(Handle, Status, Str) -> Status,
    pub problem: extern "C" fn(Handle, i32, Str, Str) -> Status,
    pub cancelled: extern "C" fn(Handle) -> i32,
    pub progress: extern "C" fn(Handle, u64, u64),
    pub parallel: extern "C" fn(Handle, usize, extern "C" fn(*mut c_void, usize) -> Status, *mut c_void) -> Status,
    pub repo_uri: extern "C" fn(Handle) -> Str,
    pub repo_select: extern "C" fn(Handle) -> Str,
    pub file_count: extern "C" fn(Handle) -> usize,
    pub file_at: extern "C" fn(Handle, usize, *mut FileInfo) -> Status,
    pub file_find: extern "C" fn(Handle, Str) -> Handle,
    pub file_name: extern "C" fn(Handle) -> Str,
    pub file_size: extern "C" fn(Handle) -> u64,
    pub read: extern "C" fn(Handle, *mut Range, usize) -> Status,
    pub range_error: extern "C" fn(Handle, *const Range) -> Str,
    pub range_fail: extern "C" fn(Handle, *mut Range, Status, Str) -> Status,
    pub add_tensor: extern "C" fn(Handle, *const Tensor) -> Status,
    pub add_part: extern "C" fn(Handle, Str) -> Handle,
    pub tensor_count: extern "C" fn(Handle) -> usize,
    pub tensor_at: extern "C" fn(Handle, usize, *mut Tensor) -> Status,
    pub group_count: extern "C" fn(Handle) -> usize,
    pub group_at: extern "C" fn(Handle, usize) -> Node,
    pub model_part: extern "C" fn(Handle, Str) -> Node,
    pub begin: extern "C" fn(Handle, c_char) -> Status,
    pub end: extern "C" fn(Handle) -> Status,
    pub key: extern "C" fn(Handle, Str) -> Status,
    pub put_null: extern "C" fn(Handle) -> Status,
    pub put_bool: extern "C" fn(Handle, i32) -> Status,
    pub put_i64: extern "C" fn(Handle, i64) -> Status,
    pub put_u64: extern "C" fn(Handle, u64) -> Status,
    pub put_f64: extern "C" fn(Handle, f64) -> Status,
    pub put_str: extern "C" fn(Handle, Str) -> Status,
    pub put_node: extern "C" fn(Handle, Node) -> Status,
    pub node_kind: extern "C" fn(Node) -> c_char,
    pub node_size: extern "C" fn(Node) -> usize,
    pub node_get: extern "C" fn(Node, Str) -> Node,
    pub node_at: extern "C" fn(Node, usize) -> Node,
    pub node_key: extern "C" fn(Node, usize) -> Str,
    pub node_str: extern "C" fn(Node) -> Str,
    pub node_i64: extern "C" fn(Node, i64) -> i64,
    pub node_u64: extern "C" fn(Node, u64) -> u64,
    pub node_f64: extern "C" fn(Node, f64) -> f64,
    pub node_bool: extern "C" fn(Node, i32) -> i32,
    pub rule_match: extern "C" fn(Handle, Str, Str) -> Node,
    pub rule_table: extern "C" fn(Handle, Str) -> Node,
} // newer hosts have more behind this; ask struct_size before using it

#[repr(C)]
pub struct StoreTable {
    pub struct_size: u32, pub reserved: u32,
    pub open: extern "C" fn(Handle, Handle, Str, *mut Handle) -> Status,
    pub list: extern "C" fn(Handle, Handle, Handle, Handle) -> Status,
    pub read: extern "C" fn(Handle, Handle, Handle, *mut Range, usize) -> Status,
    pub describe: extern "C" fn(Handle, Handle, Handle, Handle) -> Status,
    pub close: extern "C" fn(Handle, Handle),
}
#[repr(C)]
pub struct FormatTable {
    pub struct_size: u32, pub reserved: u32,
    pub probe: extern "C" fn(Handle, Handle, Handle, *mut i32) -> Status,
    pub parse: extern "C" fn(Handle, Handle, Handle, Handle) -> Status,
}
#[repr(C)]
pub struct LayerTable { pub struct_size: u32, pub reserved: u32, pub run: extern "C" fn(Handle, Handle, Handle, Node, Handle) -> Status }
#[repr(C)]
pub struct ComparatorTable {
    pub struct_size: u32, pub reserved: u32,
    pub prepare: extern "C" fn(Handle, Handle, Node, *mut Handle) -> Status,
    pub compare: extern "C" fn(Handle, Handle, Handle, Handle, Node, Handle) -> Status,
    pub release: extern "C" fn(Handle, Handle),
}
#[repr(C)]
pub struct AdvisorTable { pub struct_size: u32, pub reserved: u32, pub advise: extern "C" fn(Handle, Handle, Node, Handle) -> Status }
#[repr(C)]
pub struct Sink { pub ctx: *mut c_void, pub write: extern "C" fn(*mut c_void, *const u8, usize) -> Status }
#[repr(C)]
pub struct FormatterTable { pub struct_size: u32, pub reserved: u32, pub format: extern "C" fn(Handle, Handle, Node, Sink) -> Status }

#[repr(C)]
pub struct Role {
    pub struct_size: u32, pub kind: i32, pub name: *const c_char, pub table: *const c_void,
    pub create: extern "C" fn(*const Host, Handle, Node, *mut Handle) -> Status,
    pub destroy: extern "C" fn(Handle),
}
#[repr(C)]
pub struct Plugin {
    pub magic: u32, pub struct_size: u32, pub abi_major: u32, pub abi_minor: u32, pub flags: u32, pub role_count: u32,
    pub id: *const c_char, pub version: *const c_char, pub license: *const c_char, pub roles: *const Role, pub role_stride: u32, pub reserved: u32,
}
// constants that nobody writes: shared without harm
unsafe impl Sync for Role {}
unsafe impl Sync for Plugin {}

pub const fn plugin(id: &'static [u8], roles: &'static [Role]) -> Plugin {
    Plugin {
        magic: 0x4749534D, struct_size: 64, abi_major: 1, abi_minor: 0, flags: THREAD_SAFE, role_count: roles.len() as u32,
        id: id.as_ptr() as *const c_char, version: b"1.0.0\0".as_ptr() as *const c_char, license: b"Apache-2.0\0".as_ptr() as *const c_char,
        roles: roles.as_ptr(), role_stride: 40, reserved: 0,
    }
}

/// How a plugin fails: a status and one sentence. With an empty sentence the host was told before.
pub type Failure = (Status, String);
pub fn check(status: Status) -> Result<(), Failure> { if status == OK { Ok(()) } else { Err((status, String::new())) } }

/// No panic may leave a function of a plugin: it becomes a failure like any other.
pub fn guard<F: FnOnce() -> Result<(), Failure>>(host: &Host, call: Handle, body: F) -> Status {
    std::panic::set_hook(Box::new(|_| {})); // a plugin writes nothing to stderr
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)) {
        Ok(Ok(())) => OK,
        Ok(Err((status, text))) if text.is_empty() => status,
        Ok(Err((status, text))) => (host.fail)(call, status, Str::new(&text)),
        Err(_) => (host.fail)(call, INTERNAL, Str::new("panicked")),
    }
}
