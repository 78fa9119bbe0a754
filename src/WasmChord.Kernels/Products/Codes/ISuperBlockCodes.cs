namespace WasmChord.Kernels;

/// <summary>
/// Takes the super-blocks of one format apart, for products with <see cref="BlockQ8_K"/>, and says in which order their
/// products are added: the order of ggml's kernels built for AVX without fused multiply-add (<c>arch/x86/quants.c</c>).
/// Each of eight lanes adds integers within a super-block, is converted and multiplied once, and adds floats from one
/// super-block to the next; lanes meet at the end of the row (<see cref="RowFold"/>).
/// </summary>
internal unsafe interface ISuperBlockCodes
{
    /// <summary>Bytes per super-block of 256 values.</summary>
    static abstract int TypeSize { get; }

    /// <summary>
    /// Eight, or one for a format that ggml gives no kernel for that machine: it adds a super-block's integers up.
    /// </summary>
    static virtual int LaneCount => 8;

    /// <summary>
    /// Where four neighbouring values go: false for lane (i / 4) mod 8, true for lane (i / 4) mod 4 of the lower or the
    /// upper four lanes in turn, 64 values each.
    /// </summary>
    static virtual bool AlternatesHalves => false;

    /// <summary>
    /// Lanes of the mins: none, or 16 / lanes neighbouring runs of sixteen values each. Eight are the very lanes of the
    /// products, before these; fewer have floats of their own.
    /// </summary>
    static virtual int MinLanes => 0;

    /// <summary>
    /// What is added to each code in its lane; lane l takes it back for the sixteens 2l and 2l + 1, as a whole.
    /// </summary>
    static virtual int Offset => 0;

    /// <summary>Whether codes have shifts by an eighth of ±1 that are added in eight lanes of their own.</summary>
    static virtual bool HasShifts => false;

    /// <summary>The reference: one code after another.</summary>
    static abstract void UnpackScalar(byte* source, SuperBlockCodes* to);

    /// <summary>The same, sixteen codes at a time, for every width of vector.</summary>
    static abstract void Unpack(byte* source, SuperBlockCodes* to);
}
