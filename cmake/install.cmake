# find_package(quadot) gives quadot::quadot.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
