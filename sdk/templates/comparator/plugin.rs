mod abi;
use abi::*;
use std::ffi::{c_char, c_void};

struct @CLASS@ { host: &'static Host, section: String }

extern "C" fn create(host: *const Host, call: Handle, options: Node, out: *mut Handle) -> Status {
    let host: &'static Host = unsafe { &*host };
    guard(host, call, || {
        let given = (host.node_get)(options, Str::new("section"));
        let mine = @CLASS@ { host, section: (host.node_str)(given).text() };
        unsafe { *out = Box::into_raw(Box::new(mine)) as Handle };
        Ok(())
    })
}
extern "C" fn destroy(own: Handle) { if !own.is_null() { drop(unsafe { Box::from_raw(own as *mut @CLASS@) }); } }

// A node lives until the end of the run: all that a handle holds is the section itself, null where there is none.
struct Prepared { section: Node }

extern "C" fn prepare(own: Handle, call: Handle, fingerprint: Node, handle: *mut Handle) -> Status {
    let mine = unsafe { &*(own as *const @CLASS@) };
    let host = mine.host;
    guard(host, call, || {
        let section = (host.node_get)(fingerprint, Str::new(&mine.section));
        let section = if (host.node_kind)(section) == b'{' as c_char { section } else { std::ptr::null() };
        unsafe { *handle = Box::into_raw(Box::new(Prepared { section })) as Handle };
        Ok(())
    })
}
extern "C" fn release(_own: Handle, handle: Handle) { drop(unsafe { Box::from_raw(handle as *mut Prepared) }); }

extern "C" fn compare(own: Handle, call: Handle, a: Handle, b: Handle, _so_far: Node, out: Handle) -> Status {
    let (host, a, b) = unsafe { ((&*(own as *const @CLASS@)).host, (*(a as *const Prepared)).section, (*(b as *const Prepared)).section) };
    guard(host, call, || {
        let mut shared = 0u64;
        for i in 0..(host.node_size)(a) {
            if (host.cancelled)(call) != 0 { return Err((CANCELLED, String::new())); }
            if !(host.node_get)(b, (host.node_key)(a, i)).is_null() { shared += 1; }
        }
        (host.begin)(out, b'{' as c_char);
        for (name, count) in [("shared", shared), ("only_in_a", (host.node_size)(a) as u64 - shared), ("only_in_b", (host.node_size)(b) as u64 - shared)] {
            (host.key)(out, Str::new(name));
            (host.put_u64)(out, count);
        }
        check((host.end)(out))
    })
}

static TABLE: ComparatorTable = ComparatorTable { struct_size: 32, reserved: 0, prepare, compare, release };
static ROLES: [Role; 1] = [Role {
    struct_size: 40, kind: COMPARATOR, name: b"@ROLE@\0".as_ptr() as *const c_char, table: &TABLE as *const ComparatorTable as *const c_void, create, destroy,
}];
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_plugin_v1: Plugin = plugin(b"org.example.@NAME@\0", &ROLES);

const MANIFEST: &[u8] = include_bytes!("plugin.toml");
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_manifest: [u8; MANIFEST.len()] = *include_bytes!("plugin.toml"); // not ended by NUL: the symbol has a size
