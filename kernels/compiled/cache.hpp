// Compiled formulas kept in the user's cache folder.
//
// A file is an object followed by a seal: 16 letters and the SHA-256 of the key and the object. It is written under another name, synchronised
// and renamed, so that concurrent runs see whole files only. The seal finds what was cut, altered or renamed; it is no signature: what keeps
// others out are the owner and the permissions of the folder, which are checked on the open folder, not on its name.
#pragma once

#include "compiled/files.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace quadot::compiled {

class cache {
  public:
    /// $QUADOT_CACHE, else $XDG_CACHE_HOME/quadot, else $HOME/.cache/quadot, made (0700) where it is missing.
    cache();

    /// Why nothing is kept: the folder belongs to somebody else, others may write to it, and so on. Empty: it is used.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

    /// The object of that key; nullopt where there is none, or none that can be trusted.
    [[nodiscard]] std::optional<std::string> find(std::string_view key) const;
    /// Keeps it; a cache that cannot be written (a full disk, a quota) stays as it was.
    void keep(std::string_view key, std::string_view object) const;

  private:
    descriptor folder_;
    std::string trouble_;
};

} // namespace quadot::compiled
