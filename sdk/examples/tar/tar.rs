// tar:///path/to/checkpoint.tar, an uncompressed archive as a model: its members are the files, read in place, nothing is unpacked.
// Headers are those of POSIX ustar; GNU's long names ('L') and sizes in base 256 are understood, other extensions are refused by name.
mod abi;
use abi::*;
use std::ffi::{c_char, c_void};
use std::fs::File;
use std::os::unix::fs::FileExt;

const BLOCK: u64 = 512;

struct Tar { host: &'static Host, max_members: u64 }
struct Member { name: String, at: u64, size: u64 }
struct Archive { uri: String, path: String, file: File, members: Vec<Member> }

extern "C" fn create(host: *const Host, call: Handle, options: Node, out: *mut Handle) -> Status {
    let host: &'static Host = unsafe { &*host };
    guard(host, call, || {
        let given = (host.node_get)(options, Str::new("max_members"));
        let mine = Tar { host, max_members: (host.node_u64)(given, 0) };
        unsafe { *out = Box::into_raw(Box::new(mine)) as Handle };
        Ok(())
    })
}
extern "C" fn destroy(own: Handle) { if !own.is_null() { drop(unsafe { Box::from_raw(own as *mut Tar) }); } }

fn text(field: &[u8]) -> String { String::from_utf8_lossy(&field[..field.iter().position(|b| *b == 0).unwrap_or(field.len())]).into_owned() }

// Octal digits, or, with the top bit set, a big-endian number.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        return field[1..].iter().try_fold((field[0] & 0x7f) as u64, |n, b| n.checked_mul(256)?.checked_add(*b as u64));
    }
    let digits = text(field);
    let digits = digits.trim();
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

fn members(file: &File, path: &str, max: u64) -> Result<Vec<Member>, Failure> {
    let broken = |at: u64, what: String| (DATA_LOSS, format!("{}: at byte {}: {}", path, at, what));
    let length = file.metadata().map_err(|e| broken(0, e.to_string()))?.len();
    let (mut out, mut at, mut long_name) = (Vec::new(), 0, None::<String>);
    while at + BLOCK <= length {
        let mut header = [0u8; BLOCK as usize];
        file.read_exact_at(&mut header, at).map_err(|e| broken(at, e.to_string()))?;
        if header.iter().all(|b| *b == 0) { return Ok(out); } // the end
        let sum: u64 = header.iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { *b as u64 }).sum();
        if number(&header[148..156]) != Some(sum) { return Err(broken(at, "no tar header (its checksum differs)".to_string())); }
        let size = number(&header[124..136]).ok_or_else(|| broken(at, "a size that is no number".to_string()))?;
        let data = at + BLOCK;
        if size > length - data { return Err(broken(at, format!("a member of {} bytes, and only {} are left", size, length - data))); }
        match header[156] {
            b'0' | 0 | b'7' => {
                let prefix = if &header[257..262] == b"ustar" { text(&header[345..500]) } else { String::new() };
                let short = text(&header[0..100]);
                let name = long_name.take().unwrap_or(if prefix.is_empty() { short } else { format!("{}/{}", prefix, short) });
                if out.len() as u64 >= max { return Err((LIMIT, format!("{}: has more than {} members", path, max))); }
                out.push(Member { name: name.trim_start_matches("./").to_string(), at: data, size });
            }
            b'L' if size <= 65536 => {
                let mut name = vec![0u8; size as usize];
                file.read_exact_at(&mut name, data).map_err(|e| broken(data, e.to_string()))?;
                long_name = Some(text(&name));
            }
            b'5' | b'1' | b'2' => long_name = None, // folders and links are no files
            other => return Err((UNSUPPORTED, format!("{}: at byte {}: a member of kind '{}'", path, at, other as char))),
        }
        at = data + size + (BLOCK - size % BLOCK) % BLOCK;
    }
    Err(broken(at, "the archive ends without its closing blocks".to_string()))
}

extern "C" fn open(own: Handle, call: Handle, uri: Str, repo: *mut Handle) -> Status {
    let mine = unsafe { &*(own as *const Tar) };
    guard(mine.host, call, || {
        let uri = uri.text();
        let path = uri.split_once(':').map_or(uri.as_str(), |(_, path)| path.strip_prefix("//").unwrap_or(path)).to_string();
        let file = File::open(&path).map_err(|e| (NOT_FOUND, format!("{}: {}", path, e)))?;
        let members = members(&file, &path, mine.max_members)?;
        unsafe { *repo = Box::into_raw(Box::new(Archive { uri, path, file, members })) as Handle };
        Ok(())
    })
}
extern "C" fn close(_own: Handle, repo: Handle) { drop(unsafe { Box::from_raw(repo as *mut Archive) }); }

extern "C" fn list(own: Handle, call: Handle, repo: Handle, out: Handle) -> Status {
    let (host, archive) = unsafe { ((&*(own as *const Tar)).host, &*(repo as *const Archive)) };
    guard(host, call, || {
        (host.begin)(out, b'[' as c_char);
        for member in &archive.members {
            (host.begin)(out, b'{' as c_char);
            (host.key)(out, Str::new("name"));
            (host.put_str)(out, Str::new(&member.name));
            (host.key)(out, Str::new("size"));
            (host.put_u64)(out, member.size);
            (host.end)(out);
        }
        check((host.end)(out))
    })
}

fn read_one(archive: &Archive, range: &mut Range) -> Result<(), Failure> {
    let name = range.name.text();
    let member = archive.members.iter().find(|m| m.name == name).ok_or_else(|| (NOT_FOUND, format!("{}: has no member {}", archive.path, name)))?;
    range.file_size = member.size;
    let there = range.size.min(member.size.saturating_sub(range.offset));
    if there < range.size && range.flags & RANGE_SHORT_OK == 0 { return Err((DATA_LOSS, format!("{} has only {} bytes", name, member.size))); }
    if there > 0 {
        let into = unsafe { std::slice::from_raw_parts_mut(range.into, there as usize) };
        archive.file.read_exact_at(into, member.at + range.offset).map_err(|e| (DATA_LOSS, format!("{}: {}", archive.path, e)))?;
    }
    range.got = there;
    range.status = OK;
    Ok(())
}

extern "C" fn read(own: Handle, call: Handle, repo: Handle, ranges: *mut Range, count: usize) -> Status {
    let (host, archive) = unsafe { ((&*(own as *const Tar)).host, &*(repo as *const Archive)) };
    guard(host, call, || {
        for i in 0..count {
            if (host.cancelled)(call) != 0 { return Err((CANCELLED, String::new())); }
            let range = unsafe { &mut *ranges.add(i) };
            if let Err((status, why)) = read_one(archive, range) { (host.range_fail)(call, range, status, Str::new(&why)); } // the others go on
        }
        Ok(())
    })
}

extern "C" fn describe(own: Handle, call: Handle, repo: Handle, out: Handle) -> Status {
    let (host, archive) = unsafe { ((&*(own as *const Tar)).host, &*(repo as *const Archive)) };
    guard(host, call, || {
        (host.begin)(out, b'{' as c_char);
        (host.key)(out, Str::new("uri"));
        (host.put_str)(out, Str::new(&archive.uri));
        check((host.end)(out))
    })
}

static TABLE: StoreTable = StoreTable { struct_size: 48, reserved: 0, open, list, read, describe, close };
static ROLES: [Role; 1] = [Role {
    struct_size: 40, kind: STORE, name: b"store.tar\0".as_ptr() as *const c_char, table: &TABLE as *const StoreTable as *const c_void, create, destroy,
}];
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_plugin_v1: Plugin = plugin(b"org.example.tar\0", &ROLES);

const MANIFEST: &[u8] = include_bytes!("plugin.toml");
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static modelsig_manifest: [u8; MANIFEST.len()] = *include_bytes!("plugin.toml"); // not ended by NUL: the symbol has a size
