# The RTL on its own, in the tools that read it. tests/rtl_*.sh: RTL_DIRECTORY SOURCE...
function(bo_rtl_test name program)
  find_program(BO_${program} ${program})
  if(NOT BO_${program})
    message(STATUS "left out: rtl.${name} (${program} not found)")
    return()
  endif()
  add_test(NAME rtl.${name}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/rtl_${name}.sh ${BO_RTL_DIR} ${BO_RTL_SOURCES})
  set_tests_properties(rtl.${name} PROPERTIES TIMEOUT 300)
endfunction()

bo_rtl_test(lint verilator)
bo_rtl_test(refusals verilator)
bo_rtl_test(assertions verilator)
bo_rtl_test(icarus iverilog)
bo_rtl_test(yosys yosys)

# What the program writes for RTL, in RTL. tests/rtl_*.sh: BROWNOUT SOURCE_DIRECTORY RTL_DIRECTORY SOURCE...
function(bo_rtl_export_test name)
  if(NOT BO_iverilog)
    message(STATUS "left out: rtl.${name} (iverilog not found)")
    return()
  endif()
  add_test(NAME rtl.${name}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/rtl_${name}.sh $<TARGET_FILE:brownout> ${PROJECT_SOURCE_DIR}
      ${BO_RTL_DIR} ${BO_RTL_SOURCES})
  set_tests_properties(rtl.${name} PROPERTIES TIMEOUT 300)
endfunction()

bo_rtl_export_test(masks)
bo_rtl_export_test(vectors)

# The RTL beside the C model: rtl/lockstep.
if(NOT BO_LOCKSTEP)
  return()
endif()
function(bo_lockstep_test name)
  add_test(NAME lockstep.${name} COMMAND brownout-lockstep --wave lockstep_${name}.vcd ${ARGN})
  set_tests_properties(lockstep.${name} PROPERTIES TIMEOUT 300)
endfunction()

set(robust ${PROJECT_SOURCE_DIR}/models/fmnist-cnn-8b-rquant.onnx)
set(signed ${PROJECT_SOURCE_DIR}/models/fmnist-cnn-8b-normal.onnx)
foreach(size IN LISTS BO_LOCKSTEP_SIZES)
  string(REGEX REPLACE ":.*" "" size ${size})
  bo_lockstep_test(${size} --size ${size} --cycles 1000000 --model ${robust} --vdd 0.83)
endforeach()
bo_lockstep_test(signed_weights --kind core --size 8x8 --cycles 1000 --model ${signed} --vdd 0.8)
bo_lockstep_test(no_faults --kind core --size 4x4 --cycles 1000 --model ${signed})

add_executable(lockstep_registers lockstep_registers.cpp)
target_link_libraries(lockstep_registers PRIVATE bo_lockstep bo_warnings)
get_property(built DIRECTORY ${PROJECT_SOURCE_DIR}/rtl/lockstep PROPERTY built_dut)
add_test(NAME lockstep.registers COMMAND lockstep_registers ${built})

add_test(NAME lockstep.difference COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/lockstep_difference.sh
  $<TARGET_FILE:brownout-lockstep> ${PROJECT_SOURCE_DIR} $<TARGET_FILE:bo_verilated>
  ${BO_RTL_SOURCES})
add_test(NAME lockstep.usage COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/lockstep_usage.sh
  $<TARGET_FILE:brownout-lockstep> ${PROJECT_SOURCE_DIR})
if(BO_RTL_DIR STREQUAL "${PROJECT_SOURCE_DIR}/rtl")
  # All of them: bench/mutants.sh, some minutes.
  add_test(NAME rtl.mutants COMMAND ${PROJECT_SOURCE_DIR}/bench/mutants.sh ${PROJECT_BINARY_DIR}
    pe_product_17_bits os_hold_old_sum bank_or_before_and acc_rdata_not_reset
    ctl_count_of_equals)
  set_tests_properties(rtl.mutants PROPERTIES PROCESSORS 2)
endif()
set_tests_properties(lockstep.difference PROPERTIES TIMEOUT 300)
