mod abi;
use abi::*;
use std::ffi::{c_char, c_void};

struct @CLASS@ { host: &'static Host, smallest: u64 }

extern "C" fn create(host: *const Host, call: Handle, options: Node, out: *mut Handle) -> Status {
    let host: &'static Host = unsafe { &*host };
    guard(host, call, || {
        let given = (host.node_get)(options, Str::new("smallest"));
        let mine = @CLASS@ { host, smallest: (host.node_u64)(given, 1) };
        unsafe { *out = Box::into_raw(Box::new(mine)) as Handle };
        Ok(())
    })
}
extern "C" fn destroy(own: Handle) { if !own.is_null() { drop(unsafe { Box::from_raw(own as *mut @CLASS@) }); } }

extern "C" fn run(own: Handle, call: Handle, model: Handle, _so_far: Node, out: Handle) -> Status {
    let mine = unsafe { &*(own as *const @CLASS@) };
    let host = mine.host;
    guard(host, call, || {
        let (mut tensors, mut parameters, mut most, mut largest) = (0u64, 0u64, 0u64, Str::new(""));
        for i in 0..(host.tensor_count)(model) {
            if (host.cancelled)(call) != 0 { return Err((CANCELLED, String::new())); }
            let mut tensor: Tensor = unsafe { std::mem::zeroed() };
            tensor.struct_size = std::mem::size_of::<Tensor>() as u32;
            check((host.tensor_at)(model, i, &mut tensor))?;
            let mut elements = 1u64;
            for axis in 0..tensor.rank as usize {
                elements = elements.checked_mul(unsafe { *tensor.shape.add(axis) }).ok_or((DATA_LOSS, format!("{} has more elements than can be counted", tensor.name.text())))?;
            }
            if elements < mine.smallest { continue; }
            tensors += 1;
            parameters = parameters.checked_add(elements).ok_or((DATA_LOSS, "the model has more parameters than can be counted".to_string()))?;
            if elements > most { most = elements; largest = tensor.name; }
        }
        (host.begin)(out, b'{' as c_char);
        (host.key)(out, Str::new("tensors"));
        (host.put_u64)(out, tensors);
        (host.key)(out, Str::new("parameters"));
        (host.put_u64)(out, parameters);
        (host.key)(out, Str::new("largest"));
        (host.put_str)(out, largest);
        check((host.end)(out)) // the first error sticks: it is enough to look at the last status
    })
}

static TABLE: LayerTable = LayerTable { struct_size: 16, reserved: 0, run };
static ROLES: [Role; 1] = [Role {
    struct_size: 40, kind: LAYER, name: b"@ROLE@\0".as_ptr() as *const c_char, table: &TABLE as *const LayerTable as *const c_void, create, destroy,
}];
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_plugin_v1: Plugin = plugin(b"org.example.@NAME@\0", &ROLES);

const MANIFEST: &[u8] = include_bytes!("plugin.toml");
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_manifest: [u8; MANIFEST.len()] = *include_bytes!("plugin.toml"); // not ended by NUL: the symbol has a size
