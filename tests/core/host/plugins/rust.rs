// A plugin in Rust without any crate: the structs of abi.h by hand, of the host table only what is used.
#![allow(non_upper_case_globals)]
use std::ffi::{c_char, c_void};

#[repr(C)]
pub struct Str { data: *const u8, size: usize }

#[repr(C)]
pub struct Host { struct_size: u32, abi_minor: u32, functions: [*const c_void; 40] }
const FAIL: usize = 1;      // positions in ms_host, of 8 bytes each
const PUT_I64: usize = 28;
const NODE_GET: usize = 35;
const NODE_I64: usize = 39;

#[repr(C)]
pub struct Layer {
    struct_size: u32, reserved: u32,
    run: extern "C" fn(*mut c_void, *mut c_void, *mut c_void, *const c_void, *mut c_void) -> i32,
}

#[repr(C)]
pub struct Role {
    struct_size: u32, kind: i32, name: *const c_char, table: *const Layer,
    create: extern "C" fn(*const Host, *mut c_void, *const c_void, *mut *mut c_void) -> i32,
    destroy: extern "C" fn(*mut c_void),
}

#[repr(C)]
pub struct Plugin {
    magic: u32, struct_size: u32, abi_major: u32, abi_minor: u32, flags: u32, role_count: u32,
    id: *const c_char, version: *const c_char, license: *const c_char,
    roles: *const Role, role_stride: u32, reserved: u32,
}

// constants that nobody writes: shared without harm
unsafe impl Sync for Role {}
unsafe impl Sync for Plugin {}

struct State { host: *const Host, limit: i64 }

extern "C" fn create(host: *const Host, call: *mut c_void, options: *const c_void, state: *mut *mut c_void) -> i32 {
    unsafe {
        let functions = &(*host).functions;
        let get: extern "C" fn(*const c_void, Str) -> *const c_void = std::mem::transmute(functions[NODE_GET]);
        let i64_of: extern "C" fn(*const c_void, i64) -> i64 = std::mem::transmute(functions[NODE_I64]);
        let limit = i64_of(get(options, Str { data: b"limit".as_ptr(), size: 5 }), -1);
        if limit > 9000 {
            let fail: extern "C" fn(*mut c_void, i32, Str) -> i32 = std::mem::transmute(functions[FAIL]);
            let text = format!("limit {} is over 9000", limit);
            return fail(call, 9, Str { data: text.as_ptr(), size: text.len() });
        }
        *state = Box::into_raw(Box::new(State { host, limit })) as *mut c_void;
    }
    0
}

extern "C" fn destroy(state: *mut c_void) {
    if !state.is_null() { drop(unsafe { Box::from_raw(state as *mut State) }); }
}

extern "C" fn run(state: *mut c_void, _: *mut c_void, _: *mut c_void, _: *const c_void, out: *mut c_void) -> i32 {
    unsafe {
        let state = &*(state as *const State);
        let put: extern "C" fn(*mut c_void, i64) -> i32 = std::mem::transmute((*state.host).functions[PUT_I64]);
        put(out, state.limit)
    }
}

static LAYER: Layer = Layer { struct_size: 16, reserved: 0, run };
static ROLES: [Role; 1] = [Role {
    struct_size: 40, kind: 3, name: c"layer.rust".as_ptr(), table: &LAYER, create, destroy,
}];

#[no_mangle]
pub static modelsig_plugin_v1: Plugin = Plugin {
    magic: 0x4749534D, struct_size: 64, abi_major: 1, abi_minor: 0, flags: 1, role_count: 1,
    id: c"org.modelsig.test.rust".as_ptr(), version: c"1.0".as_ptr(), license: c"Apache-2.0".as_ptr(),
    roles: &ROLES as *const Role, role_stride: 40, reserved: 0,
};

// not ended by NUL: the symbol's size says where it ends
#[no_mangle]
pub static modelsig_manifest: [u8; 85] = *b"[[role]]\nname = 'layer.rust'\n[[role.option]]\nname='limit'\ntype='integer'\ndefault=11\n\n";
