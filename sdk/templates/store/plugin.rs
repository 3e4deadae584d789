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

struct OneFile { uri: String, path: String, name: String, size: u64 }

extern "C" fn open(own: Handle, call: Handle, uri: Str, repo: *mut Handle) -> Status {
    let mine = unsafe { &*(own as *const @CLASS@) };
    guard(mine.host, call, || {
        let uri = uri.text();
        let path = uri.split_once(':').map_or(uri.as_str(), |(_, path)| path).to_string();
        let found = std::fs::metadata(&path).map_err(|e| (NOT_FOUND, format!("{}: {}", path, e)))?;
        let name = std::path::Path::new(&path).file_name().and_then(|n| n.to_str()).unwrap_or("").to_string();
        if !found.is_file() || name.is_empty() { return Err((NOT_FOUND, format!("{}: is no file", path))); }
        if found.len() > mine.max_bytes { return Err((LIMIT, format!("{}: is larger than {} bytes", path, mine.max_bytes))); }
        unsafe { *repo = Box::into_raw(Box::new(OneFile { uri, path, name, size: found.len() })) as Handle };
        Ok(())
    })
}
extern "C" fn close(_own: Handle, repo: Handle) { drop(unsafe { Box::from_raw(repo as *mut OneFile) }); }

extern "C" fn list(own: Handle, call: Handle, repo: Handle, out: Handle) -> Status {
    let (host, file) = unsafe { ((&*(own as *const @CLASS@)).host, &*(repo as *const OneFile)) };
    guard(host, call, || {
        (host.begin)(out, b'[' as c_char);
        (host.begin)(out, b'{' as c_char);
        (host.key)(out, Str::new("name"));
        (host.put_str)(out, Str::new(&file.name));
        (host.key)(out, Str::new("size"));
        (host.put_u64)(out, file.size);
        (host.end)(out);
        check((host.end)(out))
    })
}

fn read_one(file: &OneFile, range: &mut Range) -> Result<(), Failure> {
    use std::io::{Read, Seek};
    if range.name.text() != file.name { return Err((NOT_FOUND, format!("{} is the only file here", file.name))); }
    range.file_size = file.size;
    let there = range.size.min(file.size.saturating_sub(range.offset));
    if there < range.size && range.flags & RANGE_SHORT_OK == 0 { return Err((DATA_LOSS, format!("{} has only {} bytes", file.path, file.size))); }
    if there > 0 {
        let into = unsafe { std::slice::from_raw_parts_mut(range.into, there as usize) };
        let broken = |e: std::io::Error| (DATA_LOSS, format!("{}: {}", file.path, e));
        let mut input = std::fs::File::open(&file.path).map_err(broken)?;
        input.seek(std::io::SeekFrom::Start(range.offset)).map_err(broken)?;
        input.read_exact(into).map_err(broken)?;
    }
    range.got = there;
    range.status = OK;
    Ok(())
}

extern "C" fn read(own: Handle, call: Handle, repo: Handle, ranges: *mut Range, count: usize) -> Status {
    let (host, file) = unsafe { ((&*(own as *const @CLASS@)).host, &*(repo as *const OneFile)) };
    guard(host, call, || {
        for i in 0..count {
            if (host.cancelled)(call) != 0 { return Err((CANCELLED, String::new())); }
            let range = unsafe { &mut *ranges.add(i) };
            if let Err((status, why)) = read_one(file, range) { (host.range_fail)(call, range, status, Str::new(&why)); } // the others go on
        }
        Ok(())
    })
}

extern "C" fn describe(own: Handle, call: Handle, repo: Handle, out: Handle) -> Status {
    let (host, file) = unsafe { ((&*(own as *const @CLASS@)).host, &*(repo as *const OneFile)) };
    guard(host, call, || {
        (host.begin)(out, b'{' as c_char);
        (host.key)(out, Str::new("uri"));
        (host.put_str)(out, Str::new(&file.uri));
        check((host.end)(out))
    })
}

static TABLE: StoreTable = StoreTable { struct_size: 48, reserved: 0, open, list, read, describe, close };
static ROLES: [Role; 1] = [Role {
    struct_size: 40, kind: STORE, name: b"@ROLE@\0".as_ptr() as *const c_char, table: &TABLE as *const StoreTable as *const c_void, create, destroy,
}];
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_plugin_v1: Plugin = plugin(b"org.example.@NAME@\0", &ROLES);

const MANIFEST: &[u8] = include_bytes!("plugin.toml");
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_manifest: [u8; MANIFEST.len()] = *include_bytes!("plugin.toml"); // not ended by NUL: the symbol has a size
