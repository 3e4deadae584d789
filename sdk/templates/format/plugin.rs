mod abi;
use abi::*;
use std::ffi::{c_char, c_void};

struct @CLASS@ { host: &'static Host, max_bytes: u64 }

extern "C" fn create(host: *const Host, call: Handle, options: Node, out: *mut Handle) -> Status {
    let host: &'static Host = unsafe { &*host };
    guard(host, call, || {
        let given = (host.node_get)(options, Str::new("max_bytes"));
        let mine = @CLASS@ { host, max_bytes: (host.node_u64)(given, 0) };
        unsafe { *out = Box::into_raw(Box::new(mine)) as Handle };
        Ok(())
    })
}
extern "C" fn destroy(own: Handle) { if !own.is_null() { drop(unsafe { Box::from_raw(own as *mut @CLASS@) }); } }

fn find(host: &Host, repo: Handle) -> Option<Str> {
    (0..(host.file_count)(repo)).find_map(|i| {
        let mut info = FileInfo { struct_size: std::mem::size_of::<FileInfo>() as u32, flags: 0, name: Str::new(""), size: 0 };
        if (host.file_at)(repo, i, &mut info) == OK && info.name.text().ends_with(".@NAME@") { Some(info.name) } else { None }
    })
}

extern "C" fn probe(own: Handle, call: Handle, repo: Handle, score: *mut i32) -> Status {
    let host = unsafe { &*(own as *const @CLASS@) }.host;
    guard(host, call, || {
        unsafe { *score = if find(host, repo).is_some() { 90 } else { 0 } };
        Ok(())
    })
}

// "wte BF16 50257x768"
fn parse_line(line: &str) -> Option<(&str, &str, Vec<u64>)> {
    let mut words = line.splitn(3, ' ');
    let (name, dtype, shape) = (words.next()?, words.next()?, words.next()?);
    let shape: Vec<u64> = shape.split('x').map(|axis| axis.parse().ok()).collect::<Option<_>>()?;
    if name.is_empty() || shape.len() > 64 { None } else { Some((name, dtype, shape)) }
}

extern "C" fn parse(own: Handle, call: Handle, repo: Handle, model: Handle) -> Status {
    let mine = unsafe { &*(own as *const @CLASS@) };
    let host = mine.host;
    guard(host, call, || {
        let name = find(host, repo).ok_or((NOT_FOUND, "no file whose name ends in .@NAME@".to_string()))?;
        let file = (host.file_find)(repo, name);
        let known = (host.file_size)(file);
        let want = if known == SIZE_UNKNOWN { mine.max_bytes } else { known };
        if want > mine.max_bytes { return Err((LIMIT, format!("{} is longer than {} bytes", name.text(), mine.max_bytes))); }
        let mut bytes = vec![0u8; want as usize];
        let mut range = Range { file, name: Str::new(""), offset: 0, size: want, into: bytes.as_mut_ptr(), got: 0, file_size: SIZE_UNKNOWN, status: OK, flags: RANGE_SHORT_OK };
        let status = (host.read)(call, &mut range, 1);
        if status != OK {
            let why = if status == CANCELLED { String::new() } else { (host.range_error)(call, &range).text() };
            return Err((status, why));
        }
        bytes.truncate(range.got as usize);
        let text = String::from_utf8(bytes).map_err(|_| (DATA_LOSS, format!("{} is no text", name.text())))?;
        for (i, line) in text.split('\n').enumerate().filter(|(_, line)| !line.is_empty()) {
            if (host.cancelled)(call) != 0 { return Err((CANCELLED, String::new())); }
            let (tensor, dtype, shape) =
                parse_line(line).ok_or((DATA_LOSS, format!("{}:{}: expected a name, a dtype and a shape, as 'wte BF16 50257x768'", name.text(), i + 1)))?;
            let row = Tensor {
                struct_size: std::mem::size_of::<Tensor>() as u32, rank: shape.len() as u32, name: Str::new(tensor), dtype: Str::new(dtype), shape: shape.as_ptr(),
                offset: 0, size: SIZE_UNKNOWN, file: std::ptr::null_mut(), component: Str::new(""), group: 0, flags: 0,
            };
            check((host.add_tensor)(model, &row))?;
        }
        Ok(())
    })
}

static TABLE: FormatTable = FormatTable { struct_size: 24, reserved: 0, probe, parse };
static ROLES: [Role; 1] = [Role {
    struct_size: 40, kind: FORMAT, name: b"@ROLE@\0".as_ptr() as *const c_char, table: &TABLE as *const FormatTable as *const c_void, create, destroy,
}];
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_plugin_v1: Plugin = plugin(b"org.example.@NAME@\0", &ROLES);

const MANIFEST: &[u8] = include_bytes!("plugin.toml");
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_manifest: [u8; MANIFEST.len()] = *include_bytes!("plugin.toml"); // not ended by NUL: the symbol has a size
