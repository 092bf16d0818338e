# One helper declares a library, its tests, and the libraries it may link. The arrows of the
# architecture are this table: a link that is not in it stops the configuration.
set(ARROWS_base "")
set(ARROWS_model "base")
set(ARROWS_wire "base;model")
set(ARROWS_decide "base;model")
set(ARROWS_store "base")
set(ARROWS_http "base;wire")
set(ARROWS_metrics "base;store;metrics_math")
set(ARROWS_metrics_math "base")  # the language of metric math links no engine
set(ARROWS_logs "base;store")
set(ARROWS_logs_pattern "base")  # the languages of logs link no engine
set(ARROWS_logs_query "base")
set(ARROWS_logs_run "base;logs;logs_query")  # of the engine it needs what an EventSource is
set(ARROWS_drivers "base")
set(ARROWS_drivers_function "base;wire;http;drivers")  # serves the Runtime API
set(ARROWS_room "base;model;wire;store;decide")
set(ARROWS_services "base;model;wire;room;store;decide;metrics;logs;drivers;services_api")
set(ARROWS_gateway "base;model;wire;http;room;store")
set(ARROWS_jmespath "base;model")
set(ARROWS_awscli "base;model;jmespath")
set(ARROWS_runbook "base;model;jmespath;awscli;logs_pattern;logs_query")
set(ARROWS_world "base;model;wire;http;room;store;decide;metrics;logs;drivers;services;gateway;awscli;runbook")

# layer_of(<library> <out>): services_ecs -> services, drivers_process -> drivers, base -> base.
function(layer_of library out)
  string(REGEX REPLACE "_.*$" "" layer ${library})
  set(${out} ${layer} PARENT_SCOPE)
endfunction()

# With SEATRIAL_UNITY a library's files are joined, six at a time, so what is local to a file needs a
# name that no other file of the library has. HOT: see Toolchain.cmake.
# seatrial_library([HOT] [LINKS <our libraries>] [EXTERNAL <imported targets>] [GENERATED <sources>])
# in src/a/b/CMakeLists.txt declares library a_b of every *.cc there, and its unit tests a_b_tests
# of every *_test.cc. Rooms see each other's api.h only: that arrow is checked by tools/tidy.
function(seatrial_library)
  cmake_parse_arguments(L "HOT" "" "LINKS;EXTERNAL;GENERATED;TEST_LINKS" ${ARGN})
  file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR}/src ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE "/" "_" name ${name})
  layer_of(${name} layer)
  set(own ${layer})
  if(DEFINED ARROWS_${name})  # a library may have arrows of its own
    set(layer ${name})
  endif()
  foreach(link ${L_LINKS})
    layer_of(${link} to)
    if(NOT to IN_LIST ARROWS_${layer} AND NOT link IN_LIST ARROWS_${layer}
       AND NOT (to STREQUAL own AND layer STREQUAL own))
      message(FATAL_ERROR "arrow ${name} -> ${link} is not allowed (cmake/SeatrialLibrary.cmake)")
    endif()
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")
  if(sources OR L_GENERATED)
    add_library(${name} STATIC ${sources} ${L_GENERATED})
    target_link_libraries(${name} PUBLIC seatrial_flags ${L_LINKS} ${L_EXTERNAL})
    seatrial_precompile(${name})
    if(NOT L_HOT)
      target_compile_options(${name} PRIVATE ${SEATRIAL_OPTIONS_${own}})
    endif()
    seatrial_join(${name})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE seatrial_flags ${L_LINKS} ${L_EXTERNAL})
  endif()
  if(tests)
    add_executable(${name}_tests ${tests})
    target_link_libraries(${name}_tests PRIVATE ${name} ${L_TEST_LINKS} GTest::gmock GTest::gtest_main)
    seatrial_precompile_tests(${name}_tests)
    seatrial_join(${name}_tests)
    gtest_discover_tests(${name}_tests TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST
                         PROPERTIES LABELS unit TIMEOUT 120)
  endif()
  seatrial_fuzz_targets(${name})
  seatrial_bench_targets(${name})
endfunction()

# Each *_bench.cc of a library is a program bench_<library>_<what>, built when asked for (bench/).
function(seatrial_bench_targets library)
  file(GLOB sources CONFIGURE_DEPENDS *_bench.cc)
  foreach(source ${sources})
    get_filename_component(stem ${source} NAME_WE)
    string(REPLACE "_bench" "" what ${stem})
    add_executable(bench_${library}_${what} EXCLUDE_FROM_ALL ${source})
    target_link_libraries(bench_${library}_${what} PRIVATE ${library})
    seatrial_precompile(bench_${library}_${what})
  endforeach()
endfunction()

# Each *_fuzz.cc of a library is a program fuzz_<library>_<what>, fed from tests/fuzz/<library>_<what>/.
# With SEATRIAL_FUZZ (preset fuzz, Clang) libFuzzer drives it; else tests/support/fuzz_main.cc does,
# as a test.
function(seatrial_fuzz_targets library)
  file(GLOB sources CONFIGURE_DEPENDS *_fuzz.cc)
  foreach(source ${sources})
    get_filename_component(stem ${source} NAME_WE)
    string(REPLACE "_fuzz" "" what ${stem})
    set(target fuzz_${library}_${what})
    set(seeds ${CMAKE_SOURCE_DIR}/tests/fuzz/${library}_${what})
    if(NOT EXISTS ${seeds})
      message(WARNING "${source} is not built: it has no seeds in ${seeds}")
      continue()
    endif()
    add_executable(${target} ${source})
    target_link_libraries(${target} PRIVATE ${library})
    if(SEATRIAL_FUZZ)
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    else()
      target_link_libraries(${target} PRIVATE seatrial_fuzz_main)
      add_test(NAME fuzz.${library}_${what} COMMAND ${target} ${seeds})
      set_tests_properties(fuzz.${library}_${what} PROPERTIES LABELS "unit;fuzz" TIMEOUT 900)
    endif()
    seatrial_precompile_tests(${target})
  endforeach()
endfunction()

function(seatrial_join target)
  if(SEATRIAL_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  endif()
endfunction()

function(seatrial_precompile target)
  if(SEATRIAL_PCH)
    target_precompile_headers(${target} REUSE_FROM seatrial_pch)
  endif()
endfunction()

function(seatrial_precompile_tests target)
  target_compile_options(${target} PRIVATE ${SEATRIAL_TEST_OPTIONS})
  if(SEATRIAL_PCH)
    target_compile_definitions(${target} PRIVATE GTEST_HAS_PTHREAD=1)  # or it does not fit
    target_precompile_headers(${target} REUSE_FROM seatrial_test_pch)
  endif()
endfunction()

# Adds each named folder that has a CMakeLists.txt.
function(seatrial_rooms_of_layer)
  foreach(folder ${ARGN})
    if(EXISTS ${CMAKE_SOURCE_DIR}/${folder}/CMakeLists.txt)
      add_subdirectory(${CMAKE_SOURCE_DIR}/${folder} ${CMAKE_BINARY_DIR}/${folder})
    endif()
  endforeach()
endfunction()

# Adds every child of a folder that has a CMakeLists.txt.
function(seatrial_subdirectories parent)
  file(GLOB lists CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${parent}/*/CMakeLists.txt)
  foreach(list ${lists})
    get_filename_component(folder ${list} DIRECTORY)
    file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR} ${folder})
    add_subdirectory(${folder} ${CMAKE_BINARY_DIR}/${relative})
  endforeach()
endfunction()

include(GoogleTest)
