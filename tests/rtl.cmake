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
