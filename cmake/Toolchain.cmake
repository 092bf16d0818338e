# Compiler flags, sanitizers, ccache and the linker, in one interface target: seatrial_flags.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

set(SEATRIAL_SANITIZE "" CACHE STRING "Sanitizers: empty, address,undefined or thread")
option(SEATRIAL_FUZZ "Fuzz targets for libFuzzer (Clang)" OFF)
option(SEATRIAL_PCH "Precompile the standard headers" ON)

option(SEATRIAL_UNITY "Compile the files of a library several at a time: a fresh build in half the time" OFF)

set(SEATRIAL_TEST_OPTIONS $<$<CONFIG:Release>:-O0>)  # of test programs, not of what they test
# Rooms, drivers and the world decide and wait: more optimization than -Og shows in the time of a build
# only. What -Og makes a sixth slower and -O1 does not (the checker; tables) has that. A library there
# that moves data says HOT and has -O2.
set(SEATRIAL_O1 $<$<CONFIG:Release>:-O1>)
foreach(layer services drivers world)
  set(SEATRIAL_OPTIONS_${layer} $<$<CONFIG:Release>:-Og>)
endforeach()
foreach(layer runbook awscli)
  set(SEATRIAL_OPTIONS_${layer} ${SEATRIAL_O1})
endforeach()

add_library(seatrial_flags INTERFACE)
target_include_directories(seatrial_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/gen)
target_compile_options(seatrial_flags INTERFACE -Wall -Wextra -Wpedantic -Wno-missing-field-initializers -pthread)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports false overlaps and bounds inside inlined std::string and std::optional code.
  target_compile_options(seatrial_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict
                         -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
                         -fpch-preprocess)
  if(SEATRIAL_UNITY)  # joined files have one main file, so what is local to each looks shared
    target_compile_options(seatrial_flags INTERFACE -Wno-subobject-linkage)
  endif()
endif()
if(SEATRIAL_SANITIZE)
  target_compile_options(seatrial_flags INTERFACE -fsanitize=${SEATRIAL_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(seatrial_flags INTERFACE -fsanitize=${SEATRIAL_SANITIZE})
endif()
if(SEATRIAL_FUZZ)
  target_compile_options(seatrial_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
find_program(MOLD mold)
if(MOLD)
  target_link_options(seatrial_flags INTERFACE -fuse-ld=mold)
endif()

find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)

find_package(Threads REQUIRED)
find_package(GTest REQUIRED)
find_package(Python3 COMPONENTS Interpreter)
set(SEATRIAL_PYTHON ${CMAKE_SOURCE_DIR}/.venv/bin/python CACHE FILEPATH "Python with requirements.txt")
target_link_libraries(seatrial_flags INTERFACE Boost::json fmt::fmt Threads::Threads)
