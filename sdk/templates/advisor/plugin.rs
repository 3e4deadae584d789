mod abi;
use abi::*;
use std::ffi::{c_char, c_void};

struct @CLASS@ { host: &'static Host, member: String }

extern "C" fn create(host: *const Host, call: Handle, options: Node, out: *mut Handle) -> Status {
    let host: &'static Host = unsafe { &*host };
    guard(host, call, || {
        let given = (host.node_get)(options, Str::new("member"));
        let mine = @CLASS@ { host, member: (host.node_str)(given).text() };
        unsafe { *out = Box::into_raw(Box::new(mine)) as Handle };
        Ok(())
    })
}
extern "C" fn destroy(own: Handle) { if !own.is_null() { drop(unsafe { Box::from_raw(own as *mut @CLASS@) }); } }

extern "C" fn advise(own: Handle, call: Handle, report: Node, out: Handle) -> Status {
    let mine = unsafe { &*(own as *const @CLASS@) };
    let host = mine.host;
    guard(host, call, || {
        if (host.cancelled)(call) != 0 { return Err((CANCELLED, String::new())); }
        let models = (host.node_get)(report, Str::new("models"));
        let count = if (host.node_kind)(models) == b'{' as c_char { (host.node_size)(models) } else { 0 };
        (host.begin)(out, b'{' as c_char);
        (host.key)(out, Str::new(&mine.member));
        (host.begin)(out, b'{' as c_char);
        (host.key)(out, Str::new("models"));
        (host.put_u64)(out, count as u64);
        (host.key)(out, Str::new("incomplete"));
        (host.begin)(out, b'[' as c_char);
        for i in 0..count {
            let complete = (host.node_get)((host.node_at)(models, i), Str::new("complete"));
            if (host.node_bool)(complete, 0) == 0 { (host.put_str)(out, (host.node_key)(models, i)); }
        }
        (host.end)(out);
        (host.end)(out);
        check((host.end)(out))
    })
}

static TABLE: AdvisorTable = AdvisorTable { struct_size: 16, reserved: 0, advise };
static ROLES: [Role; 1] = [Role {
    struct_size: 40, kind: ADVISOR, name: b"@ROLE@\0".as_ptr() as *const c_char, table: &TABLE as *const AdvisorTable as *const c_void, create, destroy,
}];
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_plugin_v1: Plugin = plugin(b"org.example.@NAME@\0", &ROLES);

const MANIFEST: &[u8] = include_bytes!("plugin.toml");
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_manifest: [u8; MANIFEST.len()] = *include_bytes!("plugin.toml"); // not ended by NUL: the symbol has a size
