#include "drivers/input/npy.hpp"
#include "errors.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace {

namespace fs = std::filesystem;
using quadot::drivers::element_type;
using quadot::drivers::npy_file;
using quadot::drivers::npy_shapes;

static_assert(!std::is_copy_constructible_v<npy_file> && !std::is_copy_assignable_v<npy_file>);
static_assert(std::is_nothrow_move_constructible_v<npy_file> && std::is_move_assignable_v<npy_file>);

/// Magic, version, length and dictionary, padded as NumPy pads.
std::string npy_header(const std::string& dictionary, int version = 1, std::size_t alignment = 64) {
    const std::size_t prelude = version == 1 ? 10 : 12;
    std::string header = dictionary;
    while ((prelude + header.size() + 1) % alignment != 0) header += ' ';
    header += '\n';
    std::string bytes = "\x93NUMPY";
    bytes += static_cast<char>(version);
    bytes += '\0';
    for (std::size_t i = 0; i < prelude - 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
    return bytes + header;
}

std::string plain_dictionary(const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
    return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

template <class T>
std::string data_bytes(std::size_t count) {
    std::vector<T> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<T>(i) + T(0.5);
    return {reinterpret_cast<const char*>(values.data()), count * sizeof(T)};
}

std::string good_bytes(std::size_t count) {
    return npy_header(plain_dictionary("<f8", std::string("(") + std::to_string(count) + ",)")) + data_bytes<double>(count);
}

class npy : public testing::Test {
  protected:
    npy() {
        std::string pattern = (fs::temp_directory_path() / "quadot_npy_XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
    }
    ~npy() override {
        std::error_code ignored;
        fs::remove_all(directory_, ignored);
    }

    std::string path(const std::string& name = "x.npy") const { return (directory_ / name).string(); }

    std::string write(const std::string& bytes, const std::string& name = "x.npy") const {
        std::ofstream(path(name), std::ios::binary) << bytes;
        return path(name);
    }

    /// The message for a file that is refused, without the file's name.
    static std::string refusal_of(const std::string& file, quadot::error_kind kind = quadot::error_kind::usage,
                                  npy_shapes accepted = npy_shapes::vector) {
        try {
            const npy_file opened(file, accepted);
        } catch (const quadot::error& problem) {
            EXPECT_EQ(problem.kind(), kind) << problem.what();
            const std::string message = problem.what();
            EXPECT_TRUE(message.starts_with(file + ": ")) << message;
            EXPECT_EQ(message.find('\n'), std::string::npos) << message;
            EXPECT_NE(message.find("; "), std::string::npos) << message;
            return message.substr(std::min(message.size(), file.size() + 2));
        }
        return "accepted";
    }

    std::string refusal(const std::string& bytes) const { return refusal_of(write(bytes)); }

    void expect_refusal(const std::string& bytes, const std::string& why, npy_shapes accepted = npy_shapes::vector) const {
        const std::string message = refusal_of(write(bytes), quadot::error_kind::usage, accepted);
        EXPECT_NE(message.find(why), std::string::npos) << "wanted: " << why << "\nfound: " << message;
    }

  private:
    fs::path directory_;
};

TEST_F(npy, reads_doubles_and_floats_of_both_versions) {
    for (const int version : {1, 2}) {
        npy_file doubles(write(npy_header(plain_dictionary("<f8", "(1000,)"), version) + data_bytes<double>(1000)));
        EXPECT_EQ(doubles.size(), 1000U);
        EXPECT_EQ(doubles.type(), element_type::f64);
        const auto all = doubles.slice<double>(0, 1000);
        ASSERT_EQ(all.size(), 1000U);
        for (std::size_t i = 0; i < 1000; ++i) ASSERT_EQ(all[i], static_cast<double>(i) + 0.5);

        npy_file floats(write(npy_header(plain_dictionary("<f4", "(1001,)"), version) + data_bytes<float>(1001), "f.npy"));
        EXPECT_EQ(floats.size(), 1001U);
        EXPECT_EQ(floats.type(), element_type::f32);
        EXPECT_EQ(floats.slice<float>(1000, 1)[0], 1000.5F);
    }
}

TEST_F(npy, slices_at_every_offset_are_the_file) {
    constexpr std::uint64_t count = 3000; // several pages
    npy_file file(write(good_bytes(count)));
    for (std::uint64_t first = 0; first <= count; first += 7)
        for (const std::uint64_t length : {std::uint64_t{0}, std::uint64_t{1}, (count - first) / 2, count - first}) {
            if (length > count - first) continue;
            const auto part = file.slice<double>(first, length);
            ASSERT_EQ(part.size(), length);
            for (std::size_t i = 0; i < length; ++i) ASSERT_EQ(part[i], static_cast<double>(first + i) + 0.5);
        }
}

TEST_F(npy, accepts_an_empty_array) {
    npy_file file(write(npy_header(plain_dictionary("<f8", "(0,)"))));
    EXPECT_EQ(file.size(), 0U);
    EXPECT_TRUE(file.slice<double>(0, 0).empty());
}

TEST_F(npy, a_vector_has_one_dimension) {
    for (const npy_shapes accepted : {npy_shapes::vector, npy_shapes::vector_or_matrix}) {
        const npy_file file(write(good_bytes(12)), accepted);
        EXPECT_EQ(file.dimensions(), 1);
        EXPECT_EQ(file.rows(), 12U);
        EXPECT_EQ(file.columns(), 1U);
        EXPECT_EQ(file.size(), 12U);
    }
}

TEST_F(npy, reads_matrices_where_they_are_accepted) {
    const std::string data = data_bytes<double>(12);
    for (const std::string shape : {"(3, 4)", "(3, 4,)", "(3L, 4L)", " ( 3,4 ) "}) {
        npy_file file(write(npy_header(plain_dictionary("<f8", shape)) + data), npy_shapes::vector_or_matrix);
        EXPECT_EQ(file.dimensions(), 2) << shape;
        EXPECT_EQ(file.rows(), 3U);
        EXPECT_EQ(file.columns(), 4U);
        EXPECT_EQ(file.size(), 12U);
        EXPECT_EQ(file.slice<double>(2 * file.columns(), 4)[1], 9.5); // row 2, column 1
    }
    for (const auto& [shape, rows, columns] : {std::tuple("(0, 4)", 0U, 4U), std::tuple("(3, 0)", 3U, 0U)}) {
        npy_file file(write(npy_header(plain_dictionary("<f8", shape))), npy_shapes::vector_or_matrix);
        EXPECT_EQ(file.dimensions(), 2) << shape;
        EXPECT_EQ(file.rows(), rows) << shape;
        EXPECT_EQ(file.columns(), columns) << shape;
        EXPECT_EQ(file.size(), 0U) << shape;
        EXPECT_TRUE(file.slice<double>(0, 0).empty());
    }
}

TEST_F(npy, refuses_other_shapes_than_vectors_and_matrices) {
    constexpr npy_shapes either = npy_shapes::vector_or_matrix;
    const auto with = [&](const std::string& shape, const std::string& fortran = "False") {
        return npy_header(plain_dictionary("<f8", shape, fortran)) + data_bytes<double>(16);
    };
    expect_refusal(with("(2, 2, 2)"), "3 dimensions where one or two are needed; save a vector or a matrix", either);
    expect_refusal(with("()"), "0 dimensions where one or two are needed", either);
    expect_refusal(with("(4, 4)", "True"), "Fortran order", either);
    for (const std::string shape : {"(3)", "[4, 4]", "(4,, 4)", "(, 4)", "(4, 4,,)", "(-4, 4)", "(4, None)"})
        expect_refusal(with(shape), "malformed shape " + shape + " where (n,) or (rows, columns) is needed", either);
    expect_refusal(with("(4, 5)"), "truncated: 128 bytes of data where 160 are needed", either);
    for (const std::string shape :
         {"(4294967296, 4294967296)", "(2305843009213693950, 2)", "(2, 99999999999999999999)", "(18446744073709551616, 0)"})
        expect_refusal(with(shape), "is more than any file holds", either);
}

TEST_F(npy, accepts_what_other_writers_write) {
    const std::string data = data_bytes<double>(3);
    for (const std::string dictionary : {
             "{'shape': (3,), 'fortran_order': False, 'descr': '<f8'}",
             "{\"descr\":\"<f8\",\"fortran_order\":False,\"shape\":(3,)}",
             "  {  'descr'\t: '<f8' ,\n 'fortran_order' :False, 'shape':( 3 , ) , }  ",
             "{'descr': '<f8', 'fortran_order': False, 'shape': (3L,), }",
             "{'descr': '<f8', 'fortran_order': False, 'shape': (0003,), }",
         }) {
        EXPECT_EQ(refusal(npy_header(dictionary) + data), "accepted") << dictionary;
        EXPECT_EQ(npy_file(path()).size(), 3U);
    }
    EXPECT_EQ(refusal(npy_header(plain_dictionary("<f8", "(3,)"), 1, 16) + data), "accepted");
    EXPECT_EQ(refusal(npy_header(plain_dictionary("<f8", "(3,)"), 2, 8) + data), "accepted");
    EXPECT_EQ(refusal(npy_header(plain_dictionary("<f8", "(3,)")) + data + "a second array"), "accepted");
}

TEST_F(npy, moves_keep_the_spans) {
    npy_file first(write(good_bytes(100)));
    const auto span = first.slice<double>(10, 50);
    npy_file second(std::move(first));
    EXPECT_EQ(span[0], 10.5);
    EXPECT_EQ(second.slice<double>(99, 1)[0], 99.5);
    npy_file third(write(good_bytes(5), "y.npy"));
    third = std::move(second);
    EXPECT_EQ(span[49], 59.5);
    EXPECT_EQ(third.size(), 100U);
    EXPECT_EQ(third.slice<double>(0, 100)[0], 0.5);
    EXPECT_EQ(third.path(), path());
}

TEST_F(npy, closes_what_it_opened) {
    const std::string good = write(good_bytes(10));
    const std::string bad = write(npy_header(plain_dictionary("<f8", "(10,)")), "bad.npy");
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    for (int i = 0; i < 20; ++i) {
        npy_file file(good);
        const npy_file moved(std::move(file));
        EXPECT_NE(refusal_of(bad), "accepted");
    }
    const int still_free = ::dup(0);
    ::close(still_free);
    EXPECT_EQ(still_free, lowest_free);
}

TEST_F(npy, refuses_slices_that_the_file_does_not_have) {
    npy_file file(write(good_bytes(10)));
    const auto kind_of = [](auto&& call) {
        try {
            call();
        } catch (const quadot::error& problem) {
            return static_cast<int>(problem.kind());
        }
        return 0;
    };
    const int internal = static_cast<int>(quadot::error_kind::internal);
    EXPECT_EQ(kind_of([&] { static_cast<void>(file.slice<double>(0, 11)); }), internal);
    EXPECT_EQ(kind_of([&] { static_cast<void>(file.slice<double>(11, 0)); }), internal);
    EXPECT_EQ(kind_of([&] { static_cast<void>(file.slice<double>(1, UINT64_MAX)); }), internal);
    EXPECT_EQ(kind_of([&] { static_cast<void>(file.slice<double>(UINT64_MAX, 2)); }), internal);
    EXPECT_EQ(kind_of([&] { static_cast<void>(file.slice<float>(0, 1)); }), internal);
    EXPECT_EQ(kind_of([&] { static_cast<void>(file.slice<double>(10, 0)); }), 0);
}

/// Bytes of address space that map `file`.
std::uint64_t mapped_bytes(const std::string& file) {
    std::ifstream maps("/proc/self/maps");
    std::uint64_t total = 0;
    for (std::string line; std::getline(maps, line);) {
        if (!line.ends_with(file)) continue;
        std::istringstream fields(line);
        std::uint64_t begin = 0, end = 0;
        char dash = 0;
        fields >> std::hex >> begin >> dash >> end;
        total += end - begin;
    }
    return total;
}

TEST_F(npy, unmaps_what_it_mapped) {
    {
        npy_file file(write(good_bytes(3000)));
        static_cast<void>(file.slice<double>(0, 10));
        static_cast<void>(file.slice<double>(2000, 10));
        EXPECT_GT(mapped_bytes(path()), 0U);
    }
    EXPECT_EQ(mapped_bytes(path()), 0U);
}

TEST_F(npy, maps_only_the_slice_of_a_huge_file) {
    constexpr std::uint64_t count = std::uint64_t{1} << 35; // 256 GiB, sparse
    const std::string file_path = write(npy_header(plain_dictionary("<f8", "(34359738368,)")));
    const auto header_bytes = fs::file_size(file_path);
    if (::truncate(file_path.c_str(), static_cast<off_t>(header_bytes + count * 8)) != 0)
        GTEST_SKIP() << "the file system holds no sparse file of 256 GiB";
    const double value = 42.0;
    const int file_number = ::open(file_path.c_str(), O_WRONLY);
    ASSERT_EQ(::pwrite(file_number, &value, 8, static_cast<off_t>(header_bytes + (count - 3) * 8)), 8);
    ::close(file_number);

    npy_file file(file_path);
    EXPECT_EQ(file.size(), count);
    EXPECT_EQ(mapped_bytes(file_path), 0U);
    const auto tail = file.slice<double>(count - 1000, 1000);
    EXPECT_EQ(tail[997], 42.0);
    EXPECT_EQ(tail[998], 0.0);
    const std::uint64_t mapped = mapped_bytes(file_path);
    EXPECT_GE(mapped, 8000U);
    EXPECT_LE(mapped, 8000U + 2 * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

TEST_F(npy, refuses_what_is_no_npy_file) {
    EXPECT_EQ(refusal_of(path("absent.npy")), "no such file; check the path");
    EXPECT_EQ(refusal_of(path()).substr(0, 12), "no such file");
    EXPECT_NE(refusal_of(fs::path(path()).parent_path().string()).find("is a directory"), std::string::npos);
    EXPECT_NE(refusal_of("/dev/null").find("no regular file"), std::string::npos);
    write("");
    EXPECT_NE(refusal_of(path() + "/below.npy").find("cannot be opened"), std::string::npos);
    expect_refusal("", "an empty file");
    expect_refusal("1.0\n2.0\n3.0\n", "not a .npy file, it begins '1.0\\x0a2.'");
    expect_refusal("x", "not a .npy file");
    expect_refusal(std::string(200, '\0'), "not a .npy file");
    expect_refusal("PK\x03\x04 and so on and on", "perhaps .npz");
    const std::string magic_alone = "\x93NUMPY";
    expect_refusal(magic_alone.substr(0, 1), "truncated: 1 bytes in all");
    expect_refusal(magic_alone, "truncated: 6 bytes in all");
    try {
        const npy_file file("");
        ADD_FAILURE() << "an empty path was opened";
    } catch (const quadot::error& problem) {
        EXPECT_STREQ(problem.what(), "'': no such file; check the path");
    }
}

TEST_F(npy, does_not_wait_for_a_pipe) {
    ASSERT_EQ(::mkfifo(path("pipe.npy").c_str(), 0600), 0);
    EXPECT_NE(refusal_of(path("pipe.npy")).find("no regular file"), std::string::npos);
}

TEST_F(npy, refuses_a_file_it_may_not_read) {
    write(good_bytes(3));
    // Root may read everything, and CI is root: be somebody else for this file, in a folder that anybody may enter.
    const uid_t self = ::geteuid();
    const auto seen_by_others = [&] {
        if (self == 0) {
            EXPECT_EQ(::chmod(fs::path(path()).parent_path().c_str(), 0755), 0);
            EXPECT_EQ(::seteuid(65534), 0);
        }
        const std::string answer = refusal_of(path());
        if (self == 0) {
            EXPECT_EQ(::seteuid(self), 0);
        }
        return answer;
    };
    EXPECT_EQ(seen_by_others(), "accepted");
    ASSERT_EQ(::chmod(path().c_str(), 0), 0);
    const std::string refusal = seen_by_others();
    EXPECT_NE(refusal.find("may not be read"), std::string::npos) << refusal;
}

TEST_F(npy, refuses_other_arrays) {
    const std::string data = data_bytes<double>(16);
    const auto with = [&](const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
        return npy_header(plain_dictionary(descr, shape, fortran)) + data;
    };
    expect_refusal(with(">f8", "(3,)"), "big-endian dtype '>f8'; save it again as astype('<f8')");
    expect_refusal(with(">f4", "(3,)"), "big-endian dtype '>f4'; save it again as astype('<f4')");
    for (const std::string descr : {"<i8", "<f2", "<c16", "|b1", "|O", "=f8", "f8", "float64", "<f16", "<F8", "<f8 ", ""})
        expect_refusal(with(descr, "(3,)"), "dtype '" + descr + "' where '<f8' or '<f4' is needed");
    expect_refusal(npy_header("{'descr': [('a', '<f8'), ('b', '<f8')], 'fortran_order': False, 'shape': (3,), }") + data,
                   "structured dtype [('a', '<f8'), ('b', '<f8')]");
    expect_refusal(npy_header("{'descr': <f8, 'fortran_order': False, 'shape': (3,), }") + data, "structured dtype <f8");
    expect_refusal(with("<f8", "(3,)", "True"), "Fortran order");
    expect_refusal(with("<f8", "(3,)", "0"), "neither True nor False");
    expect_refusal(with("<f8", "(3,)", "'False'"), "neither True nor False");
    expect_refusal(with("<f8", "(4, 4)"), "shape (4, 4) has 2 dimensions where one is needed");
    expect_refusal(with("<f8", "(3, 1)"), "2 dimensions");
    expect_refusal(with("<f8", "(2, 2, 2)"), "3 dimensions");
    expect_refusal(with("<f8", "()"), "0 dimensions");
    for (const std::string shape :
         {"(3)", "3", "[3,]", "(-3,)", "(+3,)", "(3.0,)", "(1e3,)", "(0x3,)", "(,)", "(,3)", "(3,,)", "(None,)", "(L,)", "('3',)"})
        expect_refusal(with("<f8", shape), "malformed shape " + shape);
}

TEST_F(npy, refuses_shapes_that_overflow) {
    for (const std::string n : {"18446744073709551616", "18446744073709551615", "2305843009213693952", "18446744073709551617",
                                "99999999999999999999999999999999999999"})
        expect_refusal(npy_header(plain_dictionary("<f8", "(" + n + ",)")) + data_bytes<double>(4), "is more than any file holds");
    // The bytes of 2^61 - 2 doubles do fit into 64 bits, but into no file.
    expect_refusal(npy_header(plain_dictionary("<f8", "(2305843009213693950,)")) + data_bytes<double>(4),
                   "truncated: 32 bytes of data where 18446744073709551600 are needed");
}

TEST_F(npy, refuses_truncated_data) {
    const std::string file = write(good_bytes(1000).substr(0, good_bytes(0).size() + 4000), "y.npy");
    EXPECT_EQ(refusal_of(file), "truncated: 4000 bytes of data where 8000 are needed; write it again with numpy.save");
    const std::string whole = good_bytes(16);
    for (std::size_t length = 0; length < whole.size(); ++length) EXPECT_NE(refusal(whole.substr(0, length)), "accepted") << length;
    EXPECT_EQ(refusal(whole), "accepted");
}

TEST_F(npy, refuses_a_file_that_shrank_after_it_was_opened) {
    npy_file file(write(good_bytes(1000)));
    ASSERT_EQ(::truncate(path().c_str(), 1000), 0);
    try {
        static_cast<void>(file.slice<double>(0, 1000));
        ADD_FAILURE() << "mapped beyond the end";
    } catch (const quadot::error& problem) {
        EXPECT_EQ(problem.kind(), quadot::error_kind::usage);
        EXPECT_NE(std::string(problem.what()).find("shrank to 1000 bytes"), std::string::npos) << problem.what();
    }
}

TEST_F(npy, refuses_damaged_headers) {
    const std::string data = data_bytes<double>(3);
    const std::pair<std::string, std::string> damaged[] = {
        {"", "lacks a '{'"},
        {"{}", "has no 'descr'"},
        {"{'descr': '<f8', 'shape': (3,)}", "has no 'fortran_order'"},
        {"{'descr': '<f8', 'fortran_order': False}", "has no 'shape'"},
        {"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (3,)}", "'descr' twice"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'more': 1}", "unknown key 'more'"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3,)", "lacks a '}'"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3,", "lacks a '}'"},
        {"{'descr': '<f8, 'fortran_order': False, 'shape': (3,)}", "the .npy header"},
        {"{'descr': '<f8", "quote that never ends"},
        {"{'descr' '<f8'}", "lacks a ':'"},
        {"{'descr': , 'fortran_order': False, 'shape': (3,)}", "a key without a value"},
        {"{descr: '<f8'}", "lacks a quoted name"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': 3,)}", "lacks a quoted name"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': 3)}", "a bracket too many"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3,)} and more", "goes on after"},
    };
    for (const auto& [dictionary, why] : damaged) expect_refusal(npy_header(dictionary) + data, why);
    expect_refusal(npy_header(plain_dictionary("<f8", "(3,)") + std::string(1, '\0')) + data, "goes on after");

    std::string bytes = good_bytes(3);
    bytes[6] = 3;
    expect_refusal(bytes, "format version 3.0 where 1.0 or 2.0 is needed");
    bytes[6] = 1, bytes[7] = 1;
    expect_refusal(bytes, "format version 1.1");
    bytes[6] = '\xff', bytes[7] = '\xfe';
    expect_refusal(bytes, "format version 255.254");
    bytes[6] = 1, bytes[7] = 0, bytes[9] = '\x7f';
    expect_refusal(bytes, "where its header alone needs ");
    std::string second = npy_header(plain_dictionary("<f8", "(3,)"), 2) + data;
    second[11] = '\xff';
    expect_refusal(second, "where its header alone needs 42");
    expect_refusal(npy_header(plain_dictionary("<f8", "(3,)") + std::string(2 << 20, ' '), 2) + data, "more than a plain array has");
}

TEST_F(npy, refuses_misaligned_data) {
    const std::string dictionary = plain_dictionary("<f8", "(3,)");
    std::string bytes = "\x93NUMPY";
    bytes += '\x01';
    bytes += '\0';
    std::string header = dictionary + '\n';
    while ((10 + header.size()) % 8 != 4) header.back() = ' ', header += '\n';
    bytes += static_cast<char>(header.size());
    bytes += '\0';
    expect_refusal(bytes + header + data_bytes<double>(3), "no multiple of 8");
    // Four bytes are enough for floats.
    header.replace(header.find("<f8"), 3, "<f4");
    npy_file file(write(bytes + header + data_bytes<float>(3)));
    EXPECT_EQ(file.slice<float>(1, 2)[1], 2.5F);
}

TEST_F(npy, survives_any_damaged_byte) {
    const std::string whole = good_bytes(4);
    for (std::size_t i = 0; i < whole.size() - 32; ++i)
        for (const char damage : {'\0', '\x01', '\xff', ' ', '{', '}', '(', ')', '[', '\'', ',', ':', '0', '9', 'L', '\n'}) {
            std::string bytes = whole;
            bytes[i] = damage;
            if (refusal(bytes) != "accepted") continue;
            npy_file file(path());
            const std::uint64_t room = bytes.size() / element_bytes(file.type());
            ASSERT_LE(file.size(), room) << "byte " << i;
            double sum = 0;
            if (file.type() == element_type::f64)
                for (const double x : file.slice<double>(0, file.size())) sum += x;
            else
                for (const float x : file.slice<float>(0, file.size())) sum += static_cast<double>(x);
            ASSERT_EQ(sum, sum) << "byte " << i;
        }
}

} // namespace
