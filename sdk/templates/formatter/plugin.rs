mod abi;
use abi::*;
use std::ffi::{c_char, c_void};

struct @CLASS@ { host: &'static Host, separator: String }

extern "C" fn create(host: *const Host, call: Handle, options: Node, out: *mut Handle) -> Status {
    let host: &'static Host = unsafe { &*host };
    guard(host, call, || {
        let given = (host.node_get)(options, Str::new("separator"));
        let mine = @CLASS@ { host, separator: (host.node_str)(given).text() };
        unsafe { *out = Box::into_raw(Box::new(mine)) as Handle };
        Ok(())
    })
}
extern "C" fn destroy(own: Handle) { if !own.is_null() { drop(unsafe { Box::from_raw(own as *mut @CLASS@) }); } }

extern "C" fn format(own: Handle, call: Handle, report: Node, sink: Sink) -> Status {
    let mine = unsafe { &*(own as *const @CLASS@) };
    let host = mine.host;
    guard(host, call, || {
        let by = if mine.separator.is_empty() { "," } else { mine.separator.as_str() };
        let put = |text: String| check((sink.write)(sink.ctx, text.as_ptr(), text.len()));
        put(["model", "complete", "groups\n"].join(by))?;
        let models = (host.node_get)(report, Str::new("models"));
        let count = if (host.node_kind)(models) == b'{' as c_char { (host.node_size)(models) } else { 0 };
        for i in 0..count {
            if (host.cancelled)(call) != 0 { return Err((CANCELLED, String::new())); }
            let model = (host.node_at)(models, i);
            let groups = (host.node_get)(model, Str::new("static_weight_signature"));
            let groups = if (host.node_kind)(groups) == b'{' as c_char { (host.node_size)(groups) } else { 0 };
            let complete = (host.node_bool)((host.node_get)(model, Str::new("complete")), 0) != 0;
            let name = (host.node_key)(models, i).text().replace('"', "\"\""); // as RFC 4180 wants it
            put(std::format!("\"{}\"{}{}{}{}\n", name, by, complete, by, groups))?;
        }
        Ok(())
    })
}

static TABLE: FormatterTable = FormatterTable { struct_size: 16, reserved: 0, format };
static ROLES: [Role; 1] = [Role {
    struct_size: 40, kind: FORMATTER, name: b"@ROLE@\0".as_ptr() as *const c_char, table: &TABLE as *const FormatterTable as *const c_void, create, destroy,
}];
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_plugin_v1: Plugin = plugin(b"org.example.@NAME@\0", &ROLES);

const MANIFEST: &[u8] = include_bytes!("plugin.toml");
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_manifest: [u8; MANIFEST.len()] = *include_bytes!("plugin.toml"); // not ended by NUL: the symbol has a size
