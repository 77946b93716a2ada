// The .npy format: "\x93NUMPY", a version (two bytes), the header's length (two bytes little-endian in
// version 1.0, four in 2.0), the header (a Python dictionary literal with `descr`, `fortran_order` and
// `shape`, padded with spaces), data. Source: NumPy Enhancement Proposal 1, "A simple file format for NumPy
// arrays".
#include "drivers/input/npy.hpp"

#include "drivers/input/suggest.hpp"
#include "errors.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace quadot::drivers {
namespace {

static_assert(std::endian::native == std::endian::little, "'<f8' elements are used as they lie in the file");
static_assert(sizeof(off_t) == sizeof(std::uint64_t), "a file may be larger than 2 GiB");

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t version_1_prelude = 10; // magic, version, length in two bytes
constexpr std::size_t version_2_prelude = 12; // the same with the length in four
// NumPy itself writes 54 or 118 bytes. A larger claim is damage, or an attempt to make every rank fill its
// memory.
constexpr std::uint64_t longest_header = std::uint64_t{1} << 20;
constexpr std::string_view save_again = "; write it again with numpy.save";

/// The file's name as it begins each message; never cut, for the end of a path says which file.
std::string subject(const std::string& path) { return (path.empty() ? std::string("''") : printable(path, path.size() * 4)) + ": "; }

error refusal(const std::string& path, const std::string& what_and_remedy) { return usage_error(subject(path) + what_and_remedy); }

std::string reason(int number) { return std::generic_category().message(number); }

int open_to_read(const std::string& path) {
    // Without O_NONBLOCK, opening a pipe waits for its writer, perhaps for ever.
    const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (number >= 0) return number;
    const int problem = errno;
    switch (problem) {
    case ENOENT:
        throw refusal(path, "no such file; check the path");
    case EACCES:
    case EPERM:
        throw refusal(path, "may not be read; change its permissions");
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO: // a socket, or a device that is not there
        throw refusal(path, "cannot be opened (" + reason(problem) + "); check the path");
    default:
        throw environment_error(subject(path) + "cannot be opened (" + reason(problem) + "); free what the system lacks and run again");
    }
}

std::uint64_t regular_file_bytes(int file, const std::string& path) {
    struct stat status {};
    if (::fstat(file, &status) != 0)
        throw environment_error(subject(path) + "cannot be examined (" + reason(errno) + "); check the file system");
    if (S_ISDIR(status.st_mode)) throw refusal(path, "is a directory; name a .npy file");
    if (!S_ISREG(status.st_mode)) throw refusal(path, "is no regular file, so it cannot be mapped; save it to disk first");
    return static_cast<std::uint64_t>(status.st_size);
}

/// Up to `count` bytes from `offset` on; fewer at the end of the file.
std::string read_bytes(int file, const std::string& path, std::uint64_t offset, std::size_t count) {
    std::string bytes(count, '\0');
    std::size_t filled = 0;
    while (filled < count) {
        const ssize_t got = ::pread(file, bytes.data() + filled, count - filled, static_cast<off_t>(offset + filled));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw environment_error(subject(path) + "cannot be read (" + reason(errno) + "); check the file system");
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
}

std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

/// What the dictionary says, each value as it is written there.
struct header_fields {
    std::optional<std::string> descr;
    std::optional<std::string> fortran_order;
    std::optional<std::string> shape;
};

/// Reads `{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }`: any order of keys, any spacing, either
/// quote.
class header_reader {
  public:
    header_reader(std::string_view text, const std::string& path) : rest_(text), text_(text), path_(path) {}

    header_fields read() {
        header_fields fields;
        expect('{');
        while (!take('}')) {
            const std::string key = quoted();
            expect(':');
            std::optional<std::string>* const field = key == "descr"           ? &fields.descr
                                                      : key == "fortran_order" ? &fields.fortran_order
                                                      : key == "shape"         ? &fields.shape
                                                                               : nullptr;
            if (field == nullptr) damaged("has the unknown key '" + printable(key) + "'");
            if (field->has_value()) damaged("has '" + key + "' twice");
            *field = value();
            if (take(',')) continue;
            expect('}');
            break;
        }
        skip_space();
        if (!rest_.empty()) damaged("goes on after its dictionary");
        if (!fields.descr) damaged("has no 'descr'");
        if (!fields.fortran_order) damaged("has no 'fortran_order'");
        if (!fields.shape) damaged("has no 'shape'");
        return fields;
    }

    [[noreturn]] void damaged(const std::string& what) const {
        throw refusal(path_, "the .npy header " + what + ": " + printable(text_) + std::string(save_again));
    }

  private:
    void skip_space() {
        const std::size_t count = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(count == std::string_view::npos ? rest_.size() : count);
    }

    bool take(char wanted) {
        skip_space();
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect(char wanted) {
        if (!take(wanted)) damaged(std::string("lacks a '") + wanted + "'");
    }

    std::string quoted() {
        skip_space();
        if (!rest_.starts_with('\'') && !rest_.starts_with('"')) damaged("lacks a quoted name");
        const std::size_t end = rest_.find(rest_.front(), 1);
        if (end == std::string_view::npos) damaged("has a quote that never ends");
        std::string text(rest_.substr(1, end - 1));
        rest_.remove_prefix(end + 1);
        return text;
    }

    /// A value with its quotes and brackets, up to the comma or brace that ends it.
    std::string value() {
        skip_space();
        const std::string_view start = rest_;
        for (std::size_t depth = 0; !rest_.empty();) {
            const char next = rest_.front();
            if (depth == 0 && (next == ',' || next == '}')) break;
            if (next == '\'' || next == '"') {
                static_cast<void>(quoted());
                continue;
            }
            if (next == '(' || next == '[' || next == '{') ++depth;
            if (next == ')' || next == ']' || next == '}') {
                if (depth == 0) damaged("has a bracket too many");
                --depth;
            }
            rest_.remove_prefix(1);
        }
        std::string_view text = start.substr(0, start.size() - rest_.size());
        while (text.ends_with(' ') || text.ends_with('\t') || text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
        if (text.empty()) damaged("has a key without a value");
        return std::string(text);
    }

    std::string_view rest_;
    std::string_view text_;
    const std::string& path_;
};

element_type parse_descr(const std::string& descr, const std::string& path) {
    const bool is_string = descr.size() >= 2 && (descr.front() == '\'' || descr.front() == '"') && descr.back() == descr.front();
    if (!is_string) throw refusal(path, "structured dtype " + printable(descr) + "; save one field as '<f8' or '<f4'");
    const std::string_view name = std::string_view(descr).substr(1, descr.size() - 2);
    if (name == "<f8") return element_type::f64;
    if (name == "<f4") return element_type::f32;
    if (name == ">f8" || name == ">f4")
        throw refusal(path,
                      "big-endian dtype '" + std::string(name) + "'; save it again as astype('<" + std::string(name.substr(1)) + "')");
    throw refusal(path, "dtype '" + printable(name) + "' where '<f8' or '<f4' is needed; save it again as astype('<f8')");
}

void check_order(const std::string& fortran_order, const std::string& path) {
    if (fortran_order == "False") return;
    if (fortran_order == "True")
        throw refusal(path, "Fortran order where C order is needed; save it again as numpy.ascontiguousarray(...)");
    throw refusal(path, "fortran_order is " + printable(fortran_order) + ", neither True nor False" + std::string(save_again));
}

/// A vector is a matrix of one column.
struct extents {
    std::uint64_t rows;
    std::uint64_t columns;
    int dimensions;
};

/// The shapes `(n,)` and, if accepted, `(rows, columns)`. Python 2 wrote `(nL,)`.
extents parse_shape(const std::string& shape, const std::string& path, npy_shapes accepted) {
    const bool matrix_too = accepted == npy_shapes::vector_or_matrix;
    std::string digits;
    for (const char c : shape)
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') digits += c;
    const auto malformed = [&] {
        return refusal(path, "malformed shape " + printable(shape) + " where (n,)" + (matrix_too ? " or (rows, columns)" : "") +
                                 " is needed" + std::string(save_again));
    };
    if (!digits.starts_with('(') || !digits.ends_with(')')) throw malformed();
    digits = digits.substr(1, digits.size() - 2);
    std::vector<std::string> numbers;
    for (std::size_t from = 0; from < digits.size();) {
        const std::size_t comma = std::min(digits.find(',', from), digits.size());
        std::string number = digits.substr(from, comma - from);
        if (number.ends_with('L')) number.pop_back();
        if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) throw malformed();
        numbers.push_back(number);
        from = comma + 1;
    }
    if (numbers.empty() || numbers.size() > (matrix_too ? 2U : 1U))
        throw refusal(path, "shape " + printable(shape) + " has " + std::to_string(numbers.size()) + " dimensions where one " +
                                (matrix_too ? "or two are needed; save a vector or a matrix"
                                            : "is needed; save a one-dimensional array, such as ravel() makes"));
    if (numbers.size() == 1 && !digits.ends_with(',')) throw malformed(); // `(3)` is a number, no tuple
    const auto too_large = [&] {
        return refusal(path, "shape " + printable(shape) + " is more than any file holds" + std::string(save_again));
    };
    const auto extent_of = [&](const std::string& number) {
        std::uint64_t extent = 0;
        for (const char c : number) {
            const auto digit = static_cast<std::uint64_t>(c - '0');
            // Room is left for the bytes: n * 8 cannot overflow either.
            if (extent > (UINT64_MAX / sizeof(double) - digit) / 10) throw too_large();
            extent = extent * 10 + digit;
        }
        return extent;
    };
    const std::uint64_t rows = extent_of(numbers[0]);
    if (numbers.size() == 1) return {rows, 1, 1};
    const std::uint64_t columns = extent_of(numbers[1]);
    if (columns != 0 && rows > UINT64_MAX / sizeof(double) / columns) throw too_large();
    return {rows, columns, 2};
}

struct header {
    std::uint64_t data_offset;
    extents shape;
    element_type type;
};

header read_header(int file, const std::string& path, npy_shapes accepted) {
    const std::uint64_t file_bytes = regular_file_bytes(file, path);
    if (file_bytes == 0) throw refusal(path, "an empty file where a .npy file is needed" + std::string(save_again));
    const std::string prelude = read_bytes(file, path, 0, version_2_prelude);
    if (prelude.starts_with("PK\x03\x04") || prelude.starts_with("PK\x05\x06"))
        throw refusal(path, "a zip archive, perhaps .npz, where a .npy file is needed; save one array with numpy.save");
    const std::string_view begins = std::string_view(prelude).substr(0, magic.size());
    if (begins != magic && !(begins.size() < magic.size() && magic.starts_with(begins)))
        throw refusal(path, "not a .npy file, it begins '" + printable(begins) + "'; write it with numpy.save");

    const auto truncated_header = [&](std::uint64_t needed) {
        return refusal(path, "truncated: " + std::to_string(file_bytes) + " bytes in all, where its header alone needs " +
                                 std::to_string(needed) + std::string(save_again));
    };
    if (prelude.size() < version_1_prelude) throw truncated_header(version_1_prelude);
    const int major = static_cast<unsigned char>(prelude[6]);
    const int minor = static_cast<unsigned char>(prelude[7]);
    if ((major != 1 && major != 2) || minor != 0)
        throw refusal(path, ".npy format version " + std::to_string(major) + '.' + std::to_string(minor) + " where 1.0 or 2.0 is needed" +
                                std::string(save_again) + " from a plain array");
    const std::size_t prelude_bytes = major == 1 ? version_1_prelude : version_2_prelude;
    if (prelude.size() < prelude_bytes) throw truncated_header(prelude_bytes);
    const std::uint64_t header_bytes = little_endian(std::string_view(prelude).substr(8, prelude_bytes - 8));
    const std::uint64_t data_offset = prelude_bytes + header_bytes;
    if (data_offset > file_bytes) throw truncated_header(data_offset);
    if (header_bytes > longest_header)
        throw refusal(path,
                      "a .npy header of " + std::to_string(header_bytes) + " bytes, more than a plain array has" + std::string(save_again));

    const std::string text = read_bytes(file, path, prelude_bytes, static_cast<std::size_t>(header_bytes));
    if (text.size() < header_bytes) throw truncated_header(data_offset);
    const header_fields fields = header_reader(text, path).read();
    const element_type type = parse_descr(*fields.descr, path);
    check_order(*fields.fortran_order, path);
    const extents shape = parse_shape(*fields.shape, path, accepted);
    const std::uint64_t needed = shape.rows * shape.columns * element_bytes(type);
    if (file_bytes - data_offset < needed)
        throw refusal(path, "truncated: " + std::to_string(file_bytes - data_offset) + " bytes of data where " + std::to_string(needed) +
                                " are needed" + std::string(save_again));
    // NumPy pads to 16 or 64 bytes; others may not, and a misaligned double must not be read through a
    // pointer.
    if (data_offset % element_bytes(type) != 0)
        throw refusal(path, "its data starts at byte " + std::to_string(data_offset) + ", no multiple of " +
                                std::to_string(element_bytes(type)) + std::string(save_again));
    return {data_offset, shape, type};
}

} // namespace

npy_file::descriptor::~descriptor() {
    if (number_ >= 0) ::close(number_);
}

void npy_file::unmap::operator()(void* address) const noexcept { ::munmap(address, length); }

npy_file::npy_file(const std::string& path, npy_shapes accepted) : path_(path), file_(open_to_read(path)) {
    const header found = read_header(file_.number(), path_, accepted);
    data_offset_ = found.data_offset;
    rows_ = found.shape.rows;
    columns_ = found.shape.columns;
    dimensions_ = found.shape.dimensions;
    type_ = found.type;
}

const void* npy_file::map(element_type wanted, std::uint64_t first, std::uint64_t count) {
    if (wanted != type_) throw internal_error(subject(path_) + "a slice of another type than the file's; report this defect");
    if (first > size() || count > size() - first)
        throw internal_error(subject(path_) + "a slice of " + std::to_string(count) + " elements from " + std::to_string(first) +
                             " on, of " + std::to_string(size()) + "; report this defect");
    if (count == 0) return nullptr;
    const std::uint64_t begin = data_offset_ + first * element_bytes(type_);
    const std::uint64_t end = begin + count * element_bytes(type_);
    if (const std::uint64_t file_bytes = regular_file_bytes(file_.number(), path_); file_bytes < end)
        throw refusal(path_, "shrank to " + std::to_string(file_bytes) + " bytes after it was opened; leave it alone while it is read");
    // A mapping begins at a page boundary: at the one at or before the first element.
    const std::uint64_t lead = begin % static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const auto length = static_cast<std::size_t>(end - begin + lead);
    mappings_.reserve(mappings_.size() + 1); // before the mapping exists, so that it cannot be lost
    void* const address = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file_.number(), static_cast<off_t>(begin - lead));
    if (address == MAP_FAILED)
        throw environment_error(subject(path_) + "cannot be mapped (" + reason(errno) +
                                "); raise the limit on virtual memory or copy the file to a local disk");
    mappings_.emplace_back(address, unmap{length});
    ::posix_madvise(address, length,
                    POSIX_MADV_SEQUENTIAL); // only a hint: its failure costs nothing but speed
    return static_cast<const std::byte*>(address) + lead;
}

} // namespace quadot::drivers
